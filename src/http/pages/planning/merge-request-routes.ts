import { html } from 'hono/html'
import type { ContextParts } from '../../../request/request-context.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'

const page = async ({ project }: AskedOfProject) => {
  const title = `Merge requests of ${project.fullPath}`
  return { title, body: html`<h1>${title}</h1><p>There are none: Waybill has no merge requests.</p>` }
}

/** The links of releases lead here, because clients expect them. Whatever is asked for, there is none. */
export function mergeRequestRoutes(parts: ContextParts) {
  const pages = projectPages(parts, 'code:read')
  pages.page('/merge_requests', page)
  pages.page('/merge_requests/:iid{[0-9]{1,9}}', page)
  return pages.routes
}
