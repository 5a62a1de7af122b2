import { readFile } from 'node:fs/promises'

export type Snippet = { language: string; text: string; line: number }

/** The fenced blocks of a document, in order. */
export async function snippetsOf(file: string): Promise<Snippet[]> {
  const document = await readFile(file, 'utf8')
  return [...document.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: document.slice(0, match.index).split('\n').length,
  }))
}

/** The variables that a script needs, each with the example that the script gives: it writes the name with `:?` before it. */
export const examplesIn = (script: string): string[] =>
  [...script.matchAll(/\$\{(\w+):\?such as ([^}]+)\}/g)].map(([, name, value]) => `${name}='${value}'`)
