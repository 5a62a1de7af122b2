import type { Config } from '../config.ts'
import { countConnections } from '../database/connections/count-connections.ts'
import { countGitProcesses } from '../git/count-processes.ts'

/** What the metrics tell of any process that serves or works. */
export const watchedProcess = ({ dataDir, repositoriesDir }: Pick<Config, 'dataDir' | 'repositoriesDir'>) => ({
  folders: { data: dataDir, repositories: repositoriesDir },
  connections: countConnections,
  gitProcesses: countGitProcesses,
})
