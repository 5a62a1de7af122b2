import { expect, test } from 'vitest'
import { createRefSearch, exactFirst } from '../../src/git/ref-search.ts'

const names = ['v1.0.0', 'V1.0.0-RC.1', 'v10', 'lib/v1', 'release-v1.0', 'Straße', 'a.b', 'axb', 'v1.0.0v1.0.0']

/** The finder of GitLab 18, which makes a regular expression. */
function finderOfGitlab(search: string): (name: string) => boolean {
  const special = /[\^$*]/.test(search)
  let source = search.toLowerCase().replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  if (special) source = source.replace('\\^', '^').replaceAll('\\*', '.*?').replace('\\$', '$')
  const pattern = new RegExp(source, 'm')
  return (name) => pattern.test(name.toLowerCase())
}

test.each([
  '',
  'v1',
  'V1',
  '^v1',
  '^V1.0',
  'RC.1$',
  'rc.1$',
  '^v1.0.0$',
  '^lib',
  '1$',
  '*',
  '^*$',
  '^v1*1$',
  'v*0',
  '^v*',
  '*0$',
  '^a.b$',
  'a?b',
  'a.b',
  '[v]',
  '(',
  'STRASSE',
  'straße',
  '^',
  '$',
  '^$',
  '^v1.0.0*v1.0.0$',
  '**',
  'x*y*z',
  '/v1',
])('a search for %s finds what the finder of GitLab finds', (search) => {
  const isSought = createRefSearch(search)
  expect(names.filter(isSought)).toEqual(names.filter(finderOfGitlab(search)))
})

test('a search that would make a regular expression slow takes no time', () => {
  const name = 'a'.repeat(1000)
  const before = performance.now()
  expect(createRefSearch(`${'a*'.repeat(500)}b`)(name)).toBe(false)
  expect(performance.now() - before).toBeLessThan(100)
})

test('the search lists the name that equals the searched text first', () => {
  const refs = ['v10', 'v1.1', 'V1'].map((name) => ({ name }))
  const namesOf = (search: string) => exactFirst(refs, search).map(({ name }) => name)
  expect(namesOf('v1')).toEqual(['V1', 'v10', 'v1.1'])
  expect(namesOf('^v1')).toEqual(['v10', 'v1.1', 'V1'])
  expect(namesOf('')).toEqual(['v10', 'v1.1', 'V1'])
})
