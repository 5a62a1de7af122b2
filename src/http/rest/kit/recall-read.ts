import type { Context } from '../../../context/context.ts'
import type { KeptAnswers } from '../../../pipeline/kept-answers.ts'
import { weakTagOf } from '../../entity-tag.ts'
import { shownUrl } from './pagination.ts'

type Asked = {
  context: Context
  /**
   * The URL that the client used. Links to other pages repeat it. It holds all parameters, because nobody reads the body of a read.
   */
  url: URL
  paths: readonly string[]
}

/** Repeats the answer to a read if it was kept and is still valid; otherwise reads. */
export async function recallRead(
  keptAnswers: KeptAnswers | null,
  { context, url, paths }: Asked,
  read: () => Promise<Response>,
): Promise<Response> {
  if (!keptAnswers) return read()
  const question = shownUrl(context, url).href
  const { json, headers } = await keptAnswers.recall(context, { question, paths }, async () => {
    const response = await read()
    const text = await response.text()
    return { json: text, headers: { etag: weakTagOf(text), ...Object.fromEntries(response.headers) } }
  })
  return new Response(json as Uint8Array<ArrayBuffer> | string, { headers: { ...headers } })
}
