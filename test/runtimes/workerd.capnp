using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "without-node", worker = (modules = [(name = "worker", esModule = embed "node_modules/.bundle/worker.js")], compatibilityDate = "2026-01-01", bindings = [(name = "SELF", service = "without-node")])),
    (name = "with-node", worker = (modules = [(name = "worker", esModule = embed "node_modules/.bundle/worker.js")], compatibilityDate = "2026-01-01", compatibilityFlags = ["nodejs_compat"], bindings = [(name = "SELF", service = "with-node")])),
  ],
);
