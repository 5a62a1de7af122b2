import { Command, CommanderError } from 'commander'
import { demoCommand } from './commands/demo.ts'
import { evidenceCommand } from './commands/evidence.ts'
import { freezeCommand } from './commands/freeze.ts'
import { groupCommand } from './commands/group.ts'
import { importCommand } from './commands/import.ts'
import { issueCommand } from './commands/issue.ts'
import { memberCommand } from './commands/member.ts'
import { migrateCommand } from './commands/migrate.ts'
import { milestoneCommand } from './commands/milestone.ts'
import { projectCommand } from './commands/project.ts'
import { releaseCommand } from './commands/release.ts'
import { serveCommand } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'
import { USAGE_EXIT_CODE, UsageError } from './commands/usage-error.ts'
import { userCommand } from './commands/user.ts'
import { workerCommand } from './commands/worker.ts'
import { StartError } from './database/start-error.ts'
import { AppError } from './errors.ts'
import { GitError } from './modules/git/git.ts'

const isExpected = (error: unknown): error is Error =>
  error instanceof StartError || error instanceof AppError || error instanceof GitError || error instanceof UsageError

/** One line for what the operator can mend, the stack for what is a bug. */
function report(error: unknown): void {
  // It has spoken already; help that was asked for is no failure.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE
    return
  }
  const text = isExpected(error) ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = error instanceof UsageError ? USAGE_EXIT_CODE : 1
}

export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('waybill').description('A server for releases, and the tools to run it.')
  for (const command of [
    serveCommand(),
    workerCommand(),
    migrateCommand(),
    demoCommand(),
    importCommand(),
    releaseCommand(),
    evidenceCommand(),
    freezeCommand(),
    userCommand(),
    tokenCommand(),
    groupCommand(),
    projectCommand(),
    memberCommand(),
    milestoneCommand(),
    issueCommand(),
  ]) {
    program.addCommand(command)
  }
  await program.parseAsync(argv).catch(report)
}
