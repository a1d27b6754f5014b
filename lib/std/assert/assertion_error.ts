/** The error every failed assertion throws. */
export class AssertionError extends Error {
  /**
   * Makes an error named "AssertionError".
   *
   * @param message What did not hold.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
