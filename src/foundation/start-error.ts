/** A reason not to start that the operator can act on: the entry prints `message` alone and exits with 1. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
