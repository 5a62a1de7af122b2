import { Hono } from 'hono'
import type { ContextParts } from '../../../request/request-context.ts'
import { counted } from '../../hono-context.ts'
import { pageHeaders } from '../../pages/html-page.ts'
import { endpoints } from '../endpoints.ts'
import { documentationPage } from './documentation-page.ts'
import { openApiDocument } from './openapi.ts'

/** What the API is, for programs and for people. */
export function documentationRoutes(parts: ContextParts): Hono {
  const { baseUrl } = parts
  const url = `${baseUrl}/api/v4`
  // Made when it is first asked for: it never changes.
  let document: ReturnType<typeof openApiDocument> | undefined
  return new Hono()
    .get('/openapi.json', counted(parts), (c) => {
      document ??= openApiDocument(endpoints, url)
      return c.json(document)
    })
    .get('/docs', counted(parts), (c) => c.html(documentationPage(endpoints, url), 200, pageHeaders))
}
