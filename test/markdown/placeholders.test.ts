import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fillPlaceholders, referencesIn } from '../../src/markdown/placeholders.ts'
import { renderMarkdown } from '../../src/markdown/render.ts'
import { fuzzTimeout, runs } from '../support/fuzz.ts'
import { findViolations } from './violations.ts'

const TAG = 'zqx'
const belonging = { projectId: 7 }

const shown = (html: string) =>
  fillPlaceholders(html, { file: (area, path) => `/p/-/${area}/${TAG}/${path}`, reference: ({ kind }) => `/p/${kind}` })
const hidden = (html: string) => fillPlaceholders(html, { file: () => null, reference: () => null })

const textOf = (html: string) => html.replace(/<[a-z/](?:[^>"]|"[^"]*")*>/g, '')

describe('any text', () => {
  const pieces =
    `<a |href=|src=|title=|<b title="<img data-file=">|<b title="<a data-file=" id=x>|"x" onclick="y" |</b>|data-ref="issue:1"|data-file="x"|"|'|>|<img |</a>|&lt;|&quot;|[|](|)|![|docs/x.md|../|./y|?a=b&c|#d| |\n|\n\n
    |\`|#1|#|a/b#2|@me|@a/b|%1|%"t|%"u &" |1234567|deadbeef|!1|- |# |<b>|<code>|\\|/|//h|:|javascript:|z`.split('|')
  const text = fc
    .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary' })))
    .map((parts) => parts.join(''))

  test(
    'any text gives safe HTML for every viewer, which differs in addresses alone',
    () => {
      const check = (markdown: string) => {
        const kept = renderMarkdown(markdown, belonging)
        const [all, none] = [shown(kept), hidden(kept)]
        expect([...findViolations(all), ...findViolations(none)]).toEqual([])
        expect([kept.includes(TAG), none.includes(TAG)]).toEqual([markdown.includes(TAG), markdown.includes(TAG)])
        expect(textOf(all)).toBe(textOf(none))
        expect(textOf(none)).toBe(textOf(renderMarkdown(markdown)))
        expect(referencesIn(all)).toEqual([])
      }
      fc.assert(fc.property(text, check), runs(300))
    },
    fuzzTimeout,
  )

  test(
    'no text writes a placeholder by itself: without references and relative addresses nothing is filled',
    () => {
      const typed = fc
        .array(
          fc.constantFrom(
            '<a data-ref="issue:1">',
            '</a>',
            'x',
            '"',
            "<b title='",
            "<b title='<img data-file='>",
            "<i id=x title='<a data-ref='>",
            "'>",
            '&lt;',
            '<img data-file="y"',
            '`',
            '\n',
          ),
        )
        .map((parts) => parts.join(''))
      const check = (markdown: string) => {
        const kept = renderMarkdown(markdown, belonging)
        expect(shown(kept)).toBe(kept)
      }
      fc.assert(fc.property(typed, check), runs(300))
    },
    fuzzTimeout,
  )
})

describe('what would take too long', () => {
  const texts: [string, string][] = [
    ['slashes', 'a/'.repeat(40_000)],
    ['dots', `@a${'.'.repeat(90_000)}`],
    ['dashes in paths', `@a${'/a-'.repeat(30_000)}`],
    ['marks', '#1@a%1 '.repeat(14_000)],
    ['quotes', '%"a '.repeat(24_000)],
    ['hex digits', 'abcdef0'.repeat(14_000)],
    ['commits', 'abcdef0 '.repeat(12_000)],
    ['relative addresses', '[a](b) '.repeat(1_500)],
    ['a long relative address', `[a](<${'é'.repeat(90_000)}>)`],
  ]

  test.each(texts)('a text of many %s is rendered and filled in time', { retry: 2 }, (_what, markdown) => {
    const start = performance.now()
    const html = renderMarkdown(markdown, belonging)
    expect(referencesIn(html).length).toBeLessThanOrEqual(200)
    shown(html)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
