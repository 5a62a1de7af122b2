import { printable } from '../client/server-connection.ts'

/** Prints the whole value for `json`, else one line for people. */
export function print({ json }: { json?: true | undefined }, value: object, line: string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : printable(line)}\n`)
}
