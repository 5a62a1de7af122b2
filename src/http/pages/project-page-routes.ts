import { Hono } from 'hono'
import type { ContextEnv } from '../hono-context.ts'
import type { RestParts } from '../rest/rest-routes.ts'
import { type ArchiveParts, archiveRoutes } from './archive-page-routes.ts'
import { evidenceRoutes } from './evidence-routes.ts'
import { fileRoutes } from './file-page-routes.ts'
import { packageFileRoutes } from './package-file-routes.ts'
import { pathBehindProject } from './project-address.ts'
import { releaseListRoutes } from './release-list-routes.ts'
import { releaseRoutes } from './release-page-routes.ts'

/** Everything below `/<project>/-/`. */
export function projectRoutes(parts: ArchiveParts & RestParts): Hono<ContextEnv> {
  const routes = new Hono<ContextEnv>({ getPath: pathBehindProject })
  routes.route('/', evidenceRoutes(parts))
  routes.route('/', archiveRoutes(parts))
  routes.route('/', fileRoutes(parts))
  routes.route('/', releaseListRoutes(parts))
  routes.route('/', releaseRoutes(parts))
  routes.route('/', packageFileRoutes(parts))
  return routes
}
