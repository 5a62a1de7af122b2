import { beforeEach, vi } from 'vitest'
import type { TestApp } from '../support/app.ts'
import type { ViewerName, World } from '../support/world.ts'
import { type Ran, runCommand } from './run-command.ts'

const VARIABLES = [
  'WAYBILL_URL',
  'WAYBILL_TOKEN',
  'CI_SERVER_URL',
  'CI_JOB_TOKEN',
  'CI_PROJECT_PATH',
  'CI_COMMIT_TAG',
  'CI_COMMIT_SHA',
]

/** Clears the variables of a pipeline, because the tests may run in a pipeline themselves. */
export function withoutPipeline(): void {
  beforeEach(() => {
    for (const name of VARIABLES) vi.stubEnv(name, '')
    return () => void vi.unstubAllEnvs()
  })
}

/** Runs `release` commands as a viewer of the world, on a server that the environment names. */
export function releaseCommands(app: TestApp, { project, tokens }: World, viewer: ViewerName = 'maintainer') {
  const run = (...args: string[]): Promise<Ran> => {
    vi.stubEnv('WAYBILL_URL', app.url)
    vi.stubEnv('WAYBILL_TOKEN', tokens[viewer] ?? '')
    return runCommand('release', ...args, '--project', project.fullPath)
  }
  return {
    run,
    /** The result of a command that must succeed. */
    async json<Result = Record<string, unknown>>(...args: string[]): Promise<Result> {
      const { stdout, stderr, exitCode } = await run(...args, '--json')
      if (exitCode !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
      return JSON.parse(stdout) as Result
    },
  }
}
