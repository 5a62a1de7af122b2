import { readFile } from 'node:fs/promises'
import { Command, CommanderError } from 'commander'
import { evidenceCommand } from './commands/evidence-command.ts'
import { freezeCommand } from './commands/freeze.ts'
import { groupCommand } from './commands/group.ts'
import { issueCommand } from './commands/issue.ts'
import { memberCommand } from './commands/member.ts'
import { milestoneCommand } from './commands/milestone.ts'
import { demoCommand } from './commands/operator/demo-command.ts'
import { importCommand } from './commands/operator/import.ts'
import { migrateCommand } from './commands/operator/migrate-command.ts'
import { serveCommand } from './commands/operator/serve.ts'
import { userCommand } from './commands/operator/user.ts'
import { workerCommand } from './commands/operator/worker-command.ts'
import { projectCommand } from './commands/project.ts'
import { releaseCommand } from './commands/release.ts'
import { tokenCommand } from './commands/token.ts'
import { USAGE_EXIT_CODE, UsageError } from './commands/usage-error.ts'
import { AppError } from './foundation/errors.ts'
import { fileErrorReason } from './foundation/file-errors.ts'
import { StartError } from './foundation/start-error.ts'
import { malformedUtf8At } from './foundation/text-decoding.ts'
import { version } from './foundation/version.ts'
import { GitError } from './git/git.ts'

const isExpected = (error: unknown): error is Error =>
  error instanceof StartError || error instanceof AppError || error instanceof GitError || error instanceof UsageError

/** An error of the file system as one line; null for a bug. */
function fileErrorLine(error: unknown): string | null {
  const { syscall, path: file } = error as NodeJS.ErrnoException
  const reason = fileErrorReason(error)
  return syscall && file && reason ? `Cannot use ${file} (${reason})` : null
}

/** Prints one line for an error that the operator can mend, and the stack for a bug. */
function report(error: unknown): void {
  // Commander has already printed the error. The exit code 0 means that the user asked for help.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE
    return
  }
  const bug = () => fileErrorLine(error) ?? (error instanceof Error ? error.stack : String(error))
  const text = isExpected(error) ? error.message : bug()
  process.stderr.write(`${text}\n`)
  process.exitCode = error instanceof UsageError ? USAGE_EXIT_CODE : 1
}

/**
 * Refuses arguments that are not UTF-8. Node replaces malformed bytes, so we read the bytes from Linux. Other systems hide them.
 */
async function assertReadable(argv: readonly string[]): Promise<void> {
  if (!argv.some((argument) => argument.includes('\ufffd'))) return
  const all = await readFile('/proc/self/cmdline').catch(() => Buffer.alloc(0))
  const given = all
    .toString('latin1')
    .split('\0')
    .slice(0, -1)
    .slice(-(argv.length - 2))
  for (const [at, argument] of given.entries()) {
    const bytes = Buffer.from(argument, 'latin1')
    const wrongByte = malformedUtf8At(bytes)
    if (wrongByte < bytes.length) throw new UsageError(`Argument ${at + 1} is not UTF-8 (at byte ${wrongByte})`)
  }
}

/** Makes commander throw instead of ending the process, because main() gives a wrong command an exit code of its own. */
function throwOnExit(command: Command): Command {
  command.exitOverride()
  for (const child of command.commands) throwOnExit(child)
  return command
}

const operatorsCommands = () => [
  serveCommand(),
  workerCommand(),
  migrateCommand(),
  demoCommand(),
  importCommand(),
  userCommand(),
]

/** Scripts run these commands, so a wrong command must have another exit code than a failed action. */
const askingCommands = () =>
  [
    releaseCommand(),
    evidenceCommand(),
    freezeCommand(),
    tokenCommand(),
    groupCommand(),
    projectCommand(),
    memberCommand(),
    milestoneCommand(),
    issueCommand(),
  ].map(throwOnExit)

const ENVIRONMENT = `
The operator's commands need the database: DATABASE_URL, or the embedded one in DATA_DIR (.waybill). So do
\`evidence rotate-key\`, \`token\` with --user or --pipeline, and \`project create --repository\`.
The others ask the server at WAYBILL_URL, with the token in WAYBILL_TOKEN, from any machine.
\`evidence verify\` needs neither.`

/** All commands, in the order of `--help` and docs/guide/command-line.md. */
export function createProgram(): Command {
  const program = new Command('waybill')
    .description('A server for releases, and the tools to run it.')
    .version(version)
    .addHelpText('after', ENVIRONMENT)
  program.commandsGroup("The operator's commands, on the server's machine:")
  for (const command of operatorsCommands()) program.addCommand(command)
  program.commandsGroup('Commands that ask a server (WAYBILL_URL, WAYBILL_TOKEN):')
  for (const command of askingCommands()) program.addCommand(command)
  return program
}

export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram()
  const run = async () => {
    await assertReadable(argv)
    await program.parseAsync(argv)
  }
  await run().catch(report)
}
