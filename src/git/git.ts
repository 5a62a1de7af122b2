import { type ChildProcess, type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { countProcess } from './count-processes.ts'

/** What the shell says when it cannot start git, or does not find it. */
const NOT_STARTED = [126, 127]

/** Git failed, or could not be started. The exit code is null when git could not be started. */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly exitCode: number | null
  readonly stderr: string

  constructor(message: string, { exitCode, stderr }: { exitCode: number | null; stderr: string }) {
    super(message)
    this.exitCode = exitCode !== null && NOT_STARTED.includes(exitCode) ? null : exitCode
    this.stderr = stderr
  }
}

type Failure = { exitCode: number | null; stderr: string; otherwise: string }

/** Quotes git's own message, else `otherwise`. Never quotes the arguments, because the URL of an import may hold a password. */
export function gitFailure(command: string, { exitCode, stderr, otherwise }: Failure): GitError {
  const lines = stderr.trim().split(/[\r\n]+/)
  const reason = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1)
  return new GitError(`git ${command} failed: ${reason || otherwise}`, { exitCode, stderr })
}

/** Settings as variables, because arguments could not be told from the command's own. Every git has the first one. */
export function configVariables(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  // The repositories may belong to another user than the server's.
  const all = Object.entries({ 'safe.directory': '*', ...settings })
  const pairs = all.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  return { GIT_CONFIG_COUNT: String(all.length), ...Object.fromEntries(pairs) }
}

/**
 * For what is acknowledged when git has written it. Git itself flushes packs only, so that a loss of power would leave empty files
 * of objects and refs. A git before 2.36 does not know the setting.
 */
export const DURABLE = { 'core.fsync': 'loose-object,reference' }

/** The server's environment without its GIT_* variables, which could point git to other repositories and settings. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // Otherwise anybody who may push could push a refs/replace/<sha> and change what a recorded sha shows.
    GIT_NO_REPLACE_OBJECTS: '1',
    ...configVariables(),
  }
}

/**
 * A constant shell script, so nothing can be injected: the shell passes the arguments on unchanged and becomes git. The umask
 * makes the files of git and of the programs that it starts private to this account. `ulimit -d` limits the memory that a process
 * writes, and not the packs that it maps to read. Git fails cleanly at the limit. macOS accepts the limit and ignores it. `ulimit
 * -f` limits each file that a process writes.
 */
const LAUNCH =
  'umask 077; [ "$0" = unlimited ] || ulimit -d "$0"; [ "$1" = unlimited ] || ulimit -f "$1"; shift; exec git "$@"'

/** The memory of a git that reads for an answer. Git holds a whole object in memory, and a push may contain one of any size. */
export const READER_MEMORY = 256 * 1024 ** 2

type Share = {
  /** The most memory, in bytes, of the process and of each process that it starts. */
  maxMemory?: number | undefined
  /** The most bytes of each file that the process and its own processes write. */
  maxFile?: number | undefined
  /** Runs a long computation at a lower priority, so that the server comes first when processors are scarce. */
  yields?: boolean
  /** The process serves several requests, and is no part of the span that starts it. */
  stays?: boolean
}

function withShare<Child extends ChildProcess>(child: Child, args: readonly string[], { yields, stays }: Share): Child {
  try {
    // Git passes its priority on to the processes that it starts later.
    if (yields && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // The process has already ended.
  }
  countProcess(child, args, stays)
  return child
}

const inUnits = (bytes: number | undefined, unit: number) =>
  bytes === undefined ? 'unlimited' : String(Math.floor(bytes / unit))

/** Found without PATH, so that Node and git are all that must be in it. */
const SHELL = '/bin/sh'

/** POSIX counts the memory in units of 1024 bytes, and files in units of 512. */
function launchArguments(args: readonly string[], { maxMemory, maxFile }: Share): string[] {
  return ['-c', LAUNCH, inUnits(maxMemory, 1024), inUnits(maxFile, 512), ...args]
}

export function spawnGit(
  repository: string,
  args: readonly string[],
  { env, ...share }: Share & { env?: NodeJS.ProcessEnv } = {},
): ChildProcessWithoutNullStreams {
  const all = launchArguments([`--git-dir=${repository}`, ...args], share)
  return withShare(spawn(SHELL, all, { env: { ...gitEnvironment(), ...env } }), args, share)
}

/**
 * Starts a program of git that serves clients. It gets the settings, and no variables of our environment that it could reveal.
 */
export function spawnGitProgram(
  program: string,
  { config, env, ...share }: Share & { config: Readonly<Record<string, string>>; env: NodeJS.ProcessEnv },
): ChildProcessWithoutNullStreams {
  const base = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    ...configVariables(config),
  }
  const child = spawn(SHELL, launchArguments([program], share), {
    env: { ...base, ...env },
  })
  return withShare(child, [program], share)
}

type RunOptions = Share & {
  input?: string | Buffer
  /** More bytes of output end git and fail the run. */
  maxBuffer?: number
  signal?: AbortSignal
  env?: NodeJS.ProcessEnv
  /** Receives what git writes to standard error, while git runs. */
  onStderr?: (text: string) => void
}

/** Runs one git command to its end and returns its output. Fails with a GitError, or with the signal's reason. */
export function runGit(repository: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, maxBuffer = 16 * 1024 ** 2, signal, env, onStderr, ...share } = options
  return new Promise((resolve, reject) => {
    const child = execFile(
      SHELL,
      launchArguments([`--git-dir=${repository}`, ...args], share),
      { maxBuffer, signal, env: { ...gitEnvironment(), ...env } },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        if (signal?.aborted) return reject(signal.reason)
        const exitCode = typeof error.code === 'number' ? error.code : null
        const otherwise = String(error.signal ?? error.code)
        reject(gitFailure(args[0] ?? '', { exitCode, stderr, otherwise }))
      },
    )
    withShare(child, args, share)
    if (onStderr) child.stderr?.on('data', onStderr)
    // Git may end before it has read everything. Its exit code then says more than the broken pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** Like `runGit`, for commands that say no by exit code 1: null then. */
export async function runGitOrNull(
  repository: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string | null> {
  return runGit(repository, args, options).catch((error) => {
    if (error instanceof GitError && error.exitCode === 1) return null
    throw error
  })
}

/** What git said and how it ended. */
export function endOf(git: ChildProcessWithoutNullStreams): Promise<Failure> {
  let stderr = ''
  git.stderr.setEncoding('utf8').on('data', (said: string) => {
    stderr = (stderr + said).slice(-4096)
  })
  return new Promise((resolve) => {
    git.once('error', ({ message }) => resolve({ exitCode: null, stderr, otherwise: message }))
    git.once('close', (exitCode, signal) => resolve({ exitCode, stderr, otherwise: signal ?? `exit code ${exitCode}` }))
  })
}
