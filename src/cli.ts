import { Command } from 'commander'
import { demoCommand } from './commands/demo.ts'
import { importCommand } from './commands/import.ts'
import { migrateCommand } from './commands/migrate.ts'
import { serveCommand } from './commands/serve.ts'
import { StartError } from './database/start-error.ts'
import { AppError } from './errors.ts'
import { GitError } from './modules/git/git.ts'

const isExpected = (error: unknown): error is Error =>
  error instanceof StartError || error instanceof AppError || error instanceof GitError

/** One line for what the operator can mend, the stack for what is a bug. */
function report(error: unknown): void {
  const text = isExpected(error) ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}

export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('waybill').description('A server for releases, and the tools to run it.')
  for (const command of [serveCommand(), migrateCommand(), demoCommand(), importCommand()]) program.addCommand(command)
  await program.parseAsync(argv).catch(report)
}
