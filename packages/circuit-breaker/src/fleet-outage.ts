/** Stands for the failures that other members saw: the `cause` of refusals of a circuit that was opened on their word. */
export class FleetOutage extends Error {
  override readonly name = "FleetOutage";
  readonly code = "ERR_FLEET_OUTAGE";
  readonly circuit: string;
  /** How many members said so. */
  readonly members: number;

  constructor(circuit: string, members: number) {
    super(`${members} other members of the fleet have opened circuit "${circuit}"`);
    this.circuit = circuit;
    this.members = members;
  }
}
