import { type ChildProcess, type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'

/** Git ended with a failure, or could not be started (then there is no exit code). */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly exitCode: number | null
  readonly stderr: string

  constructor(message: string, { exitCode, stderr }: { exitCode: number | null; stderr: string }) {
    super(message)
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

type Failure = { exitCode: number | null; stderr: string; otherwise: string }

/** Git's own words, else `otherwise`. Never the arguments: the URL of a source to import may hold a password. */
export function gitFailure(command: string, { exitCode, stderr, otherwise }: Failure): GitError {
  const lines = stderr.trim().split(/[\r\n]+/)
  const reason = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1)
  return new GitError(`git ${command} failed: ${reason || otherwise}`, { exitCode, stderr })
}

/** Ours, without anything that could point git elsewhere: GIT_DIR, GIT_CONFIG_*, GIT_SSH_COMMAND and the like. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // Who may push could otherwise push a refs/replace/<sha> and so change what a recorded sha shows.
    GIT_NO_REPLACE_OBJECTS: '1',
    // Repositories may belong to another user than the one who runs the server.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  }
}

/**
 * A fixed text, into which nothing is ever written: git becomes this process, with its arguments as they are. What it makes is
 * for this account alone, and so is what its own programs make. `ulimit -d` counts the memory that a process writes to, not
 * the packs that it maps to read them, and git fails in order where it gets no more; macOS takes the setting without heeding it.
 */
const LAUNCH = 'umask 077; [ "$0" = unlimited ] || ulimit -d "$0"; exec git "$@"'

/** Of git that reads for an answer: it holds an object as a whole, and a push may have brought one of any size. */
export const READER_MEMORY = 256 * 1024 ** 2

type Share = {
  /** Bytes that the process, and each that it starts, may have in memory. */
  maxMemory?: number | undefined
  /** Whether the server comes first where there are not enough processors for both: for what may compute for long. */
  yields?: boolean
}

function withShare<Child extends ChildProcess>(child: Child, { yields }: Share): Child {
  try {
    // Before it starts others, which get its priority.
    if (yields && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already.
  }
  return child
}

function launchArguments(args: readonly string[], { maxMemory }: Share): string[] {
  return ['-c', LAUNCH, maxMemory === undefined ? 'unlimited' : String(Math.floor(maxMemory / 1024)), ...args]
}

export function spawnGit(
  repository: string,
  args: readonly string[],
  { env, ...share }: Share & { env?: NodeJS.ProcessEnv } = {},
): ChildProcessWithoutNullStreams {
  const all = launchArguments([`--git-dir=${repository}`, ...args], share)
  return withShare(spawn('sh', all, { env: { ...gitEnvironment(), ...env } }), share)
}

/** A program of git that serves others: it gets the settings, and nothing of our environment that it could tell or follow. */
export function spawnGitProgram(
  program: string,
  { config, env, ...share }: Share & { config: Readonly<Record<string, string>>; env: NodeJS.ProcessEnv },
): ChildProcessWithoutNullStreams {
  const settings = Object.entries({ 'safe.directory': '*', ...config }).flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  const base = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_CONFIG_COUNT: String(settings.length / 2),
  }
  const child = spawn('sh', launchArguments([program], share), {
    env: { ...base, ...Object.fromEntries(settings), ...env },
  })
  return withShare(child, share)
}

type RunOptions = Share & {
  input?: string | Buffer
  /** Bytes of output above which git is ended and the run fails. */
  maxBuffer?: number
  signal?: AbortSignal
  env?: NodeJS.ProcessEnv
  /** Gets what git writes to its error stream, as it comes. */
  onStderr?: (text: string) => void
}

/** Runs one git command to its end and gives its output. Fails with a GitError, or with the signal's reason. */
export function runGit(repository: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, maxBuffer = 16 * 1024 ** 2, signal, env, onStderr, ...share } = options
  return new Promise((resolve, reject) => {
    const child = execFile(
      'sh',
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
    withShare(child, share)
    if (onStderr) child.stderr?.on('data', onStderr)
    // Git may end before it has read everything; its exit code then tells more than the broken pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
