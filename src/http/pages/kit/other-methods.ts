import type { Context, Hono } from 'hono'
import type { ContextEnv } from '../../hono-context.ts'
import { answerFailure } from './error-page.ts'

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Refuses what a page does not take (405), whether or not there is such a page. Comes after what the page takes. */
export function refuseOtherMethods(routes: Hono<ContextEnv>, path: string, allowed = 'GET, HEAD'): void {
  routes.on(WRITES, path, (c: Context) => {
    const message = `This page takes ${allowed}, and not ${c.req.method}`
    return answerFailure(c, { status: 405, body: { message }, headers: { allow: allowed } })
  })
}
