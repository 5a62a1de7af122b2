import { Hono } from 'hono'
import { type ContextEnv, noteRoute } from '../hono-context.ts'
import type { RestParts } from '../rest/rest-routes.ts'
import { projectAuditEventRoutes } from './audit-events/audit-event-routes.ts'
import { type ArchiveParts, archiveRoutes } from './files/archive-page-routes.ts'
import { fileRoutes } from './files/file-page-routes.ts'
import { packageFileRoutes } from './files/package-file-routes.ts'
import { pathBehindProject } from './kit/project-address.ts'
import { projectMemberRoutes } from './members/member-routes.ts'
import { packageRoutes } from './packages/package-routes.ts'
import { issueRoutes } from './planning/issue-routes.ts'
import { mergeRequestRoutes } from './planning/merge-request-routes.ts'
import { milestoneRoutes } from './planning/milestone-routes.ts'
import { evidencePageRoutes, evidenceRoutes } from './releases/evidence-routes.ts'
import { releaseFormRoutes } from './releases/form/release-form-routes.ts'
import { releaseListRoutes } from './releases/release-list-routes.ts'
import { releaseRoutes } from './releases/release-page-routes.ts'
import { commitPageRoutes } from './repository/commit-routes.ts'
import { refRoutes } from './repository/ref-routes.ts'
import { treePageRoutes } from './repository/tree-page-routes.ts'
import { settingsRoutes } from './settings/settings-routes.ts'

/** Everything below `/<project>/-/`. */
export function projectRoutes(parts: ArchiveParts & RestParts): Hono<ContextEnv> {
  const routes = new Hono<ContextEnv>({ getPath: pathBehindProject })
  routes.use(noteRoute('/:project/-'))
  routes.route('/', evidenceRoutes(parts))
  routes.route('/', evidencePageRoutes(parts))
  routes.route('/', archiveRoutes(parts))
  routes.route('/', fileRoutes(parts))
  routes.route('/', releaseListRoutes(parts))
  routes.route('/', releaseFormRoutes(parts))
  routes.route('/', releaseRoutes(parts))
  routes.route('/', packageFileRoutes(parts))
  routes.route('/', milestoneRoutes(parts))
  routes.route('/', issueRoutes(parts))
  routes.route('/', mergeRequestRoutes(parts))
  routes.route('/', refRoutes(parts))
  routes.route('/', commitPageRoutes(parts))
  routes.route('/', treePageRoutes(parts))
  routes.route('/', packageRoutes(parts))
  routes.route('/', projectMemberRoutes(parts))
  routes.route('/', projectAuditEventRoutes(parts))
  routes.route('/', settingsRoutes(parts))
  return routes
}
