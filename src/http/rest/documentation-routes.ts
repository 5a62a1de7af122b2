import { Hono } from 'hono'
import { pageHeaders } from '../web/page.ts'
import { documentationPage } from './documentation-page.ts'
import { endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

/** What the API is, for programs and for people. */
export function documentationRoutes({ baseUrl }: { baseUrl: string }): Hono {
  const url = `${baseUrl}/api/v4`
  // Made when it is first asked for: it never changes.
  let document: ReturnType<typeof openApiDocument> | undefined
  return new Hono()
    .get('/openapi.json', (c) => {
      document ??= openApiDocument(endpoints, url)
      return c.json(document)
    })
    .get('/docs', (c) => c.html(documentationPage(endpoints, url), 200, pageHeaders))
}
