import { Hono } from 'hono'
import type { ContextParts } from '../../request/request-context.ts'
import { counted } from '../hono-context.ts'
import { STYLESHEET, stylesheet } from './stylesheet.ts'

const HEADERS = {
  'content-type': 'text/css; charset=utf-8',
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
}

/** What pages load besides themselves. */
export const assetRoutes = (parts: ContextParts) =>
  new Hono().get(`/${STYLESHEET}`, counted(parts), (c) => c.body(stylesheet, 200, HEADERS))
