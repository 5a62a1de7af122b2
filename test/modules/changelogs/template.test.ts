import { expect, test } from 'vitest'
import { parseTemplate, renderTemplate } from '../../../src/modules/changelogs/template.ts'

const render = (source: string, value: Parameters<typeof renderTemplate>[1]) =>
  renderTemplate(parseTemplate(source), value)

test('a template shows values, tests them and repeats them', () => {
  const value = { a: { b: ['x', 'y'] }, none: [], zero: 0, text: 't' }
  expect(render('{{ a.b.1 }}{{text}}{{ zero }}{{ a }}{{ missing.part }}.', value)).toBe('yt0.')
  expect(render('{% if none %}1{% else %}2{% end %}{% if a %}3{% end %}{% if missing %}4{% end %}', value)).toBe('23')
  expect(render('{% each a.b %}<{{ it }}>{% end %}{% each text %}no{% end %}', value)).toBe('<x><y>')
  expect(render('{% each a.b %}{{ text }}{% end %}', value)).toBe('')
})

test('a line break after a tag or a backslash is dropped', () => {
  expect(render('{% if a %}\none \\\nline\n{% end %}\n\nb\\n{ c } {{ a }}\n', { a: 1 })).toBe(
    'one line\n\nb\\n{ c } 1\n',
  )
})

test('a template shows nothing that a value inherits', () => {
  const names = ['constructor.name', '__proto__.toString', 'text.length', 'list.map', 'list.at']
  expect(render(names.map((name) => `{{ ${name} }}`).join(''), { text: 'abc', list: ['x'] })).toBe('')
})

test('a template takes a bounded number of steps and writes a bounded text', () => {
  const many = { list: Array.from({ length: 2_000 }, () => ({ x: 'y'.repeat(100) })) }
  const repeated = (source: string, times: number) => `{% each list %}${source.repeat(times)}{% end %}`
  expect(() => render(repeated('{{ none }}', 600), many)).toThrow('too many steps')
  expect(() => render(repeated('{{ x }}', 50), many)).toThrow('writes too much')
})
