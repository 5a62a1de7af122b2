// What pages load besides themselves: one stylesheet and one script, both from this server.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Hono } from 'hono'
import type { ContextParts } from '../../../request/request-context.ts'
import { counted } from '../../hono-context.ts'
import { script } from './script.ts'
import { additions } from './stylesheet.ts'

const pico = createRequire(import.meta.url).resolve('@picocss/pico/css/pico.classless.min.css')

/** The address changes with the content, so that browsers keep the content for ever. It is below the root of the server. */
function asset(text: string, ending: 'css' | 'js') {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return { text, path: `-/assets/waybill-${digest}.${ending}` }
}

const stylesheet = asset(`${readFileSync(pico, 'utf8')}\n${additions}`, 'css')
const program = asset(script, 'js')

export const STYLESHEET = stylesheet.path
export const SCRIPT = program.path

/** As policies and the attribute `integrity` name the script. */
export const SCRIPT_DIGEST = `sha256-${createHash('sha256').update(script).digest('base64')}`

const headersOf = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
})

export const assetRoutes = (parts: ContextParts) =>
  new Hono()
    .get(`/${STYLESHEET}`, counted(parts), (c) => c.body(stylesheet.text, 200, headersOf('text/css')))
    .get(`/${SCRIPT}`, counted(parts), (c) => c.body(program.text, 200, headersOf('text/javascript')))
