import type { Context as HonoContext } from 'hono'
import { MAX_INTEGER } from '../../../../foundation/limits.ts'
import type { ContextEnv } from '../../../hono-context.ts'
import { findReadableRelease } from '../../kit/find-readable.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import { segmentsBehind } from '../../kit/web-request.ts'

/** The tag in a path that ends in so many other segments. */
export const tagIn = (c: HonoContext<ContextEnv>, others: number): string =>
  segmentsBehind(c, 'releases').slice(0, -others).join('/')

/** The number of the release that the path names by its number or by its tag. Null where the viewer may not know it. */
export async function releaseNumberIn({ c, context, project }: AskedOfProject): Promise<number | null> {
  const [first, second = '', third] = segmentsBehind(c, 'releases')
  const isNumber = first === 'id' && third !== undefined && /^\d{1,10}$/.test(second)
  const named = isNumber ? { id: Math.min(Number(second), MAX_INTEGER) } : { tag: tagIn(c, 1) }
  return (await findReadableRelease(context, project, named))?.id ?? null
}
