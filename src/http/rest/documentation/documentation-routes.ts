import { Hono } from 'hono'
import type { ContextParts } from '../../../request/request-context.ts'
import { counted } from '../../hono-context.ts'
import { documentationHeaders } from '../../pages/kit/html-page.ts'
import { endpoints } from '../endpoints.ts'
import { documentationPage } from './documentation-page.ts'
import { openApiDocument } from './openapi.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

export function documentationRoutes(parts: ContextParts): Hono {
  const { baseUrl } = parts
  const url = `${baseUrl}/api/v4`
  // Each is made at the first request and never changes. It is kept as bytes, which all connections share.
  let document: Uint8Array<ArrayBuffer> | undefined
  let page: Uint8Array<ArrayBuffer> | undefined
  return new Hono()
    .get('/openapi.json', counted(parts), (c) => {
      document ??= bytesOf(JSON.stringify(openApiDocument(endpoints, url)))
      return c.body(document, 200, { 'Content-Type': 'application/json' })
    })
    .get('/docs', counted(parts), async (c) => {
      page ??= bytesOf(String(await documentationPage(endpoints, url)))
      return c.body(page, 200, { 'Content-Type': 'text/html; charset=UTF-8', ...documentationHeaders })
    })
}
