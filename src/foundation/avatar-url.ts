import { parseUrl } from './parse-url.ts'
import { lengthProblems } from './rules.ts'
import { maxCharacters } from './text-limits.ts'

/** Only http(s) URLs without a password, because the browsers of other people load the picture. */
function isPicture(url: string): boolean {
  if (!/^https?:\/\/[^/?#]/i.test(url) || /[\s\0\p{Surrogate}]/u.test(url) || parseUrl(url) === null) return false
  const { username, password } = new URL(url)
  return username === '' && password === ''
}

export function avatarProblems(url: string | null): string[] {
  if (url === null) return []
  const tooLong = lengthProblems('Avatar url', maxCharacters.avatarUrl, url)
  return isPicture(url) ? tooLong : [...tooLong, 'Avatar url must be an http:// or https:// URL without a password']
}
