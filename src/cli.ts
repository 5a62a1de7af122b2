import { readFile } from 'node:fs/promises'
import { Command, CommanderError } from 'commander'
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

/**
 * The commands in the order of `--help` and docs/guide/command-line.md. Each is loaded when it is used, because most ask a server
 * and should not wait for the code of the server.
 */
type Commands = Record<string, () => Promise<Command>>

const operatorsCommands: Commands = {
  serve: async () => (await import('./commands/operator/serve.ts')).serveCommand(),
  worker: async () => (await import('./commands/operator/worker-command.ts')).workerCommand(),
  migrate: async () => (await import('./commands/operator/migrate-command.ts')).migrateCommand(),
  demo: async () => (await import('./commands/operator/demo-command.ts')).demoCommand(),
  import: async () => (await import('./commands/operator/import.ts')).importCommand(),
  user: async () => (await import('./commands/operator/user.ts')).userCommand(),
  backup: async () => (await import('./commands/operator/backup-command.ts')).backupCommand(),
  restore: async () => (await import('./commands/operator/restore-command.ts')).restoreCommand(),
  doctor: async () => (await import('./commands/operator/doctor-command.ts')).doctorCommand(),
}

const askingCommands: Commands = {
  release: async () => (await import('./commands/release.ts')).releaseCommand(),
  evidence: async () => (await import('./commands/evidence-command.ts')).evidenceCommand(),
  tag: async () => (await import('./commands/refs.ts')).tagCommand(),
  branch: async () => (await import('./commands/refs.ts')).branchCommand(),
  freeze: async () => (await import('./commands/freeze.ts')).freezeCommand(),
  token: async () => (await import('./commands/token.ts')).tokenCommand(),
  group: async () => (await import('./commands/group.ts')).groupCommand(),
  project: async () => (await import('./commands/project.ts')).projectCommand(),
  notification: async () => (await import('./commands/notification.ts')).notificationCommand(),
  member: async () => (await import('./commands/member.ts')).memberCommand(),
  milestone: async () => (await import('./commands/milestone.ts')).milestoneCommand(),
  webhook: async () => (await import('./commands/webhook.ts')).webhookCommand(),
  issue: async () => (await import('./commands/issue.ts')).issueCommand(),
}

const ENVIRONMENT = `
The operator's commands need the database: DATABASE_URL, or the embedded one in DATA_DIR (.waybill). So do
\`evidence rotate-key\`, \`token\` with --user or --pipeline, and \`project create --repository\`.
The others ask the server at WAYBILL_URL, with the token in WAYBILL_TOKEN, from any machine.
\`evidence verify\` needs neither.`

const ENVIRONMENT_OF_THE_FILE = `
The server at WAYBILL_URL is asked, with the token in WAYBILL_TOKEN. \`evidence verify\` needs neither.
These need the installation of the server, on its machine: ${Object.keys(operatorsCommands).join(', ')},
\`evidence rotate-key\`, \`token\` with --user or --pipeline, and \`project create --repository\`.`

/**
 * The program with this command, or with all commands when there is no such command. The one file without an installation (waybill.ts)
 * has no code of the operator's commands: loading one throws, and says so.
 */
export async function createProgram(name = '', { isInstalled = true } = {}): Promise<Command> {
  const program = new Command('waybill')
    .description('A server for releases, and the tools to run it.')
    .version(version)
    .addHelpText('after', isInstalled ? ENVIRONMENT : ENVIRONMENT_OF_THE_FILE)
  const all = { ...operatorsCommands, ...askingCommands }
  const isWanted = (command: string) => !Object.hasOwn(all, name) || command === name
  const load = (commands: Commands) =>
    Promise.all(Object.entries(commands).flatMap(([command, create]) => (isWanted(command) ? create() : [])))
  if (isInstalled || Object.hasOwn(operatorsCommands, name)) {
    program.commandsGroup("The operator's commands, on the server's machine:")
    for (const command of await load(operatorsCommands)) program.addCommand(command)
  }
  program.commandsGroup('Commands that ask a server (WAYBILL_URL, WAYBILL_TOKEN):')
  // Scripts run these commands, so a wrong command must have another exit code than a failed action.
  for (const command of await load(askingCommands)) program.addCommand(throwOnExit(command))
  return program
}

export async function main(argv: readonly string[], options?: { isInstalled: boolean }): Promise<void> {
  const run = async () => {
    await assertReadable(argv)
    const program = await createProgram(argv[2], options)
    await program.parseAsync(argv)
  }
  await run().catch(report)
}
