import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../../src/markdown/render.ts'
import { fuzzTimeout, runs } from '../support/fuzz.ts'
import { findViolations } from './violations.ts'

const anchor = (id: string) => `<a class="anchor" href="#${id}" aria-hidden="true" tabindex="-1"></a>`
const leaving = 'rel="nofollow noreferrer noopener"'

describe('what is rendered', () => {
  test.each([
    ['nothing', null, ''],
    ['an empty text', '', ''],
    ['a paragraph', 'a *b* **c** `d`', '<p dir="auto">a <em>b</em> <strong>c</strong> <code>d</code></p>'],
    ['lines of a form', 'a\r\n\r\nb', '<p dir="auto">a</p>\n<p dir="auto">b</p>'],
    [
      'headings with anchors',
      '# Hi *you*\n\n## Hi you',
      `<h1 id="user-content-hi-you" dir="auto">${anchor('user-content-hi-you')}Hi <em>you</em></h1>\n` +
        `<h2 id="user-content-hi-you-1" dir="auto">${anchor('user-content-hi-you-1')}Hi you</h2>`,
    ],
    [
      'a table',
      'a|b\n-|:-:\n1|2',
      '<table dir="auto">\n<thead>\n<tr>\n<th>a</th>\n<th align="center">b</th>\n</tr>\n</thead>\n' +
        '<tbody>\n<tr>\n<td>1</td>\n<td align="center">2</td>\n</tr>\n</tbody>\n</table>',
    ],
    [
      'a task list',
      '- [ ] a\n- [x] b',
      '<ul class="contains-task-list" dir="auto">\n<li class="task-list-item" dir="auto"><input type="checkbox" disabled aria-label="Check option"> a</li>\n' +
        '<li class="task-list-item" dir="auto"><input type="checkbox" checked disabled aria-label="Check option"> b</li>\n</ul>',
    ],
    ['a numbered list', '3. a', '<ol start="3" dir="auto">\n<li dir="auto">a</li>\n</ol>'],
    ['strikethrough', '~~a~~', '<p dir="auto"><del>a</del></p>'],
    ['emoji shortcodes, not in code', ':tada: `:tada:`', '<p dir="auto">🎉 <code>:tada:</code></p>'],
    ['a quote', '> a', '<blockquote dir="auto">\n<p dir="auto">a</p>\n</blockquote>'],
    ['code', '```ts\na < b\n```', '<pre dir="auto"><code class="language-ts">a &#x3C; b\n</code></pre>'],
    ['a plain address', 'https://a.b', `<p dir="auto"><a href="https://a.b" ${leaving}>https://a.b</a></p>`],
    ['a www address', 'www.a.b', `<p dir="auto"><a href="http://www.a.b" ${leaving}>www.a.b</a></p>`],
    ['a mail address', '[ me@a.b', `<p dir="auto">[ <a href="mailto:me@a.b" ${leaving}>me@a.b</a></p>`],
    ['a link of the page', '[a](/b)', '<p dir="auto"><a href="/b">a</a></p>'],
    ['a link into the text', '[a](#b)', '<p dir="auto"><a href="#user-content-b">a</a></p>'],
    ['a link to another host', '[a](//b.c)', `<p dir="auto"><a href="//b.c" ${leaving}>a</a></p>`],
    ['a disguised host', '<a href="/\\b.c">a</a>', `<p dir="auto"><a href="/\\b.c" ${leaving}>a</a></p>`],
    ['a stated rel', '<a rel="opener" href="//b.c">a</a>', `<p dir="auto"><a href="//b.c" ${leaving}>a</a></p>`],
    ['an image', '![a](/b.png "c")', '<p dir="auto"><img src="/b.png" alt="a" title="c"></p>'],
    ['harmless HTML', 'a<br><kbd>b</kbd>', '<p dir="auto">a<br><kbd>b</kbd></p>'],
    [
      'Markdown inside HTML',
      '<details>\n<summary>a</summary>\n\n*b*\n\n</details>',
      '<details>\n<summary>a</summary>\n<p dir="auto"><em>b</em></p>\n</details>',
    ],
    ['a stated direction', '<p dir="rtl">a</p>', '<p dir="rtl">a</p>'],
    ['a comment', 'a<!-- b -->', '<p dir="auto">a</p>'],
    ['NUL', 'a\0', '<p dir="auto">a\uFFFD</p>'],
  ])('markdown with %s is rendered as expected', (_what, markdown, html) => {
    expect(renderMarkdown(markdown)).toBe(html)
  })

  test('a footnote and its reference point to each other', () => {
    const html = renderMarkdown('a[^1]\n\n[^1]: b')
    expect(html).toContain('<a href="#user-content-fn-1" id="user-content-fnref-1"')
    expect(html).toContain('<li id="user-content-fn-1" dir="auto">\n<p dir="auto">b <a href="#user-content-fnref-1"')
  })
})

describe('what an attacker writes', () => {
  test.each([
    ['<script>alert(1)</script>', ''],
    ['<style>p { display: none }</style>', ''],
    ['<img src=x onerror=alert(1)>', '<img src="x">'],
    ['<p style="position:fixed" class="x" onclick=alert(1)>a</p>', '<p dir="auto">a</p>'],
    ['[a](javascript:alert(1))', '<p dir="auto"><a>a</a></p>'],
    ['[a](JaVaScRiPt:alert(1))', '<p dir="auto"><a>a</a></p>'],
    ['<a href="java\tscript:alert(1)">a</a>', '<p dir="auto"><a>a</a></p>'],
    ['<a href="&#1;javascript:alert(1)">a</a>', '<p dir="auto"><a>a</a></p>'],
    ['<a href="javascript&colon;alert(1)">a</a>', '<p dir="auto"><a>a</a></p>'],
    ['[a](vbscript:x)', '<p dir="auto"><a>a</a></p>'],
    ['![a](javascript:alert(1))', '<p dir="auto"><img alt="a"></p>'],
    ['![a](data:image/svg+xml;base64,PHN2Zz4=)', '<p dir="auto"><img alt="a"></p>'],
    ['[a][b]\n\n[b]: data:text/html,x', '<p dir="auto"><a>a</a></p>'],
    ['<picture><source srcset="data:x"><img src="/a"></picture>', '<p dir="auto"><img src="/a"></p>'],
    ['<svg onload=alert(1)><script>alert(1)</script></svg>', '<p dir="auto"></p>'],
    ['<math href="javascript:alert(1)">a</math>', '<p dir="auto">a</p>'],
    ['<iframe src="javascript:alert(1)"></iframe>', ''],
    ['<object data="x"></object><embed src="x">', '<p dir="auto"></p>'],
    ['<form action="/x"><button formaction="javascript:x">a</button></form>', 'a'],
    ['<div action="javascript:x" accesskey="a" tabindex="1">a</div>', '<div>a</div>'],
    [
      '<input type="password" name="a">',
      '<input name="user-content-a" disabled type="checkbox" aria-label="Check option">',
    ],
    [
      '<meta http-equiv="refresh" content="0;url=//x"><base href="//x"><link rel="stylesheet" href="//x">',
      '<p dir="auto"></p>',
    ],
    ['<img name="cookie" id="body" src="/a">', '<img name="user-content-cookie" id="user-content-body" src="/a">'],
  ])('the attack %s is disarmed', (markdown, html) => {
    expect(renderMarkdown(markdown)).toBe(html)
  })

  test.each([
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<title><a title="</title><img src=x onerror=alert(1)>">',
    '<template><script>alert(1)</script><img src=x onerror=alert(1)></template>',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<math><annotation-xml encoding="text/html"><style></math><img src onerror=alert(1)>',
    '<select><noembed></select><script>alert(1)</script>',
    '<xmp><p title="</xmp><svg/onload=alert(1)>">',
    '<plaintext><img src=x onerror=alert(1)>',
    '<!--><img src=x onerror=alert(1)>-->',
    '<a href="`"><img title="` onerror=alert(1)">',
    '```" onmouseover="alert(1)\n```',
    '![a](/b "x\\" onerror=\\"alert(1)")',
    '<pre>\n\n</pre><textarea></textarea><img src=x onerror=alert(1)>',
  ])('a browser finds nothing to change in the result of %s', (markdown) => {
    expect(findViolations(renderMarkdown(markdown))).toEqual([])
  })

  test(
    'only allowed elements, attributes and addresses come out of any text',
    () => {
      const pieces =
        `<a|href=|"|'|>|<img|src=|javascript:|data:x|//a|https://b|onerror=x|style=x|<svg>|<math>|<style>|</style>
      |<template>|</template>|<noscript>|<table>|<td>|<p>|</p>|<b>|<form>|<title>|<!--|-->|<![CDATA[|]]>|<?|\`|*|_|~~|[|]|(|)
      |![|\n|\n\n|> |- |# |[^1]|[^1]: |[a]: |a|b|&colon;|&#106;|\\|\t|:tada:|--|id=body|name=x|class=y|/`.split('|')
      const text = fc.array(
        fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary' })),
      )
      fc.assert(
        fc.property(text, (parts) => {
          expect(findViolations(renderMarkdown(parts.join('')))).toEqual([])
        }),
        runs(300),
      )
    },
    fuzzTimeout,
  )
})

describe('what would take too long', () => {
  const times = (count: number, text: string) => text.repeat(count)
  const numbered = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join('')

  const shownAsIs: [string, string][] = [
    ...['[', ']', '*', '>', '<div>', '<b>', '`', '> ', '- ', '![', '~~a', '\\', '\n', '<'].map(
      (unit): [string, string] => [`100,000 of ${JSON.stringify(unit)}`, times(100_000, unit)],
    ),
    ['a million characters', times(100_000, 'some words')],
    ['a byte order mark before quotes', `\uFEFF${times(5_000, '>')}`],
    ['a footnote of quotes', `[^a\\]]: ${times(5_000, '>')}`],
    ['a bracket before many words', `[${times(5_000, 'we have ')}`],
    ['a table with few cells of many', `${times(200, 'a|')}\n${times(200, '-|')}\n${times(200, 'a\n')}`],
    ['a long address used often', `[a]: /${times(90_000, 'b')}\n\n${times(20, '[a] ')}`],
    ['a long attribute of an unclosed tag', `<b title="${times(50_000, 'x')}">${times(100, '<p>a')}`],
    ['lists within lists', numbered(300, (index) => `${times(index, '  ')}- a\n`)],
  ]
  const rendered: [string, string][] = [
    ['many list items', times(1_000, '- [ ] a\n')],
    ['many underlined headings', times(900, 'a\n=\n')],
    ['many empty quotes', times(900, '>\n\n')],
    ['quotes and lists within each other', times(60, `${times(15, '> - ')}a\n\n`)],
    ['many unclosed tags', numbered(280, (index) => `<p><font x=${index}>`)],
    ['nested tags', times(590, '<div>')],
    ['brackets within brackets', `${times(400, '[')}a${times(400, '](b)')}`],
    ['images within images', `${times(400, '![')}a${times(400, '](b)')}`],
    ['emphasis without end', times(1_500, '*a')],
    ['closing brackets', times(2_400, ']')],
    ['sections that never close', `a ${times(20, '<![CDATA[')}${times(30_000, 'a b')}`],
    ['a tag of many attributes', `<a ${numbered(15_000, (index) => `b${index} `)}>`],
    ['a long text of plain words', times(6_000, 'lorem ipsum in ')],
  ]

  // A busy machine may need another try. Only a text that is always too slow fails.
  test.each(shownAsIs)('a text with %s is shown as it is', { retry: 2 }, (_what, markdown) => {
    const start = performance.now()
    const html = renderMarkdown(markdown)
    expect(performance.now() - start).toBeLessThan(2_000)
    const escaped = markdown
      .replace(/^\uFEFF/, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
    expect(html === `<pre dir="auto">\n${escaped}</pre>`).toBe(true)
  })

  test.each(rendered)('a text with %s is still rendered in time', { retry: 2 }, (_what, markdown) => {
    const start = performance.now()
    const html = renderMarkdown(markdown)
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(html.startsWith('<pre dir="auto">\n')).toBe(false)
  })

  test('a text shown as it is holds no HTML and no NUL', () => {
    const html = renderMarkdown(`</pre><script>alert("&amp;")</script>\0${times(2_001, '\n')}`)
    expect(
      html.startsWith('<pre dir="auto">\n&lt;/pre&gt;&lt;script&gt;alert("&amp;amp;")&lt;/script&gt;\uFFFD\n'),
    ).toBe(true)
    expect(findViolations(html)).toEqual([])
  })
})
