// A browser without JavaScript: it reads the form of a page, and sends it with what people change.
import { FROM_HERE } from '../sign-in/browser.ts'
import { BROWSER } from './web-client.ts'

export type Answer = { status: number; location: string | null; text: string }

const unescaped = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

const attributesOf = (tag: string) =>
  new Map([...tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, unescaped(value)]))

/** What the form of the page would send, as names and values in its order. */
export function fieldsOf(page: string): [string, string][] {
  const [, form = ''] = /<form method="post"[^>]*>(.*?)<\/form>/s.exec(page) ?? []
  const fields: [string, string][] = []
  for (const [, input, area, areaText = '', select, options = ''] of form.matchAll(
    /<input(\s[^>]*)>|<textarea(\s[^>]*)>\n?(.*?)<\/textarea>|<select(\s[^>]*)>(.*?)<\/select>/gs,
  )) {
    const attributes = attributesOf(input ?? area ?? select ?? '')
    const [name = '', type] = [attributes.get('name'), attributes.get('type')]
    if (type === 'file' || (type === 'checkbox' && !attributes.has('checked'))) continue
    const [, chosen = ''] = /<option value="([^"]*)" selected/.exec(options) ?? []
    // Browsers send line breaks of an area as CR LF.
    const text = area === undefined ? (attributes.get('value') ?? '') : unescaped(areaText).replaceAll(/\r?\n/g, '\r\n')
    fields.push([name, select === undefined ? text : chosen])
  }
  return fields
}

export type Changes = Readonly<Record<string, string | readonly string[] | readonly File[] | null>>

function withChanges(fields: [string, string][], changes: Changes): FormData {
  const form = new FormData()
  for (const [name, value] of fields) if (!(name in changes)) form.append(name, value)
  for (const [name, value] of Object.entries(changes)) {
    for (const each of value === null ? [] : [value].flat()) form.append(name, each as string)
  }
  return form
}

const answerOf = async (response: Response): Promise<Answer> => ({
  ...{ status: response.status, location: response.headers.get('location') },
  text: await response.text(),
})

export const openAs = async (url: string, cookie: string | null): Promise<Answer> =>
  answerOf(await fetch(url, { redirect: 'manual', headers: { ...BROWSER, ...(cookie === null ? {} : { cookie }) } }))

export const sendAs = async (
  url: string,
  cookie: string | null,
  body: FormData | URLSearchParams,
  headers: Record<string, string> = FROM_HERE,
): Promise<Answer> =>
  answerOf(
    await fetch(url, {
      ...{ method: 'POST', redirect: 'manual', body },
      headers: { ...BROWSER, ...headers, ...(cookie === null ? {} : { cookie }) },
    }),
  )

/** Opens the page, changes fields of its form, and sends it. */
export async function submit(url: string, cookie: string, changes: Changes): Promise<Answer> {
  const { text } = await openAs(url, cookie)
  return sendAs(url, cookie, withChanges(fieldsOf(text), changes))
}

/** Sends the form of a page that was shown, as after a refusal. */
export const resubmit = (url: string, cookie: string, page: string, changes: Changes): Promise<Answer> =>
  sendAs(url, cookie, withChanges(fieldsOf(page), changes))

/** The message beside a field. */
export const problemAt = (page: string, field: string): string | null => {
  const start = page.indexOf(`<small id="${field}-problem" class="problem">`)
  return start < 0 ? null : unescaped(page.slice(page.indexOf('>', start) + 1, page.indexOf('</small>', start)))
}
