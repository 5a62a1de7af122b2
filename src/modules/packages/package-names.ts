import { invalid } from '../../errors.ts'
import { maxCharacters } from '../../text-limits.ts'

export type PackageFileName = { packageName: string; packageVersion: string; fileName: string }

const ALLOWED = 'letters, digits, ".", "_", "+" and "-"'

/** What is in a URL, in a file's name on anybody's disk, and in no need of quoting. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._+-]+$/
const VERSION = /^\.?[A-Za-z0-9_+-]+(?:\.{1,2}[A-Za-z0-9_+-]+)*\.?$/
const FILE_NAME = /^(?!\.{1,2}$)(?![~@])[A-Za-z0-9._+~@-]+(?<![~@])$/

const rules: readonly [keyof PackageFileName, string, RegExp, string][] = [
  ['packageName', 'package_name', NAME, ALLOWED],
  ['packageVersion', 'package_version', VERSION, `${ALLOWED}, such as 1.0.0`],
  ['fileName', 'file_name', FILE_NAME, `${ALLOWED}, inside also "~" and "@"`],
]

/** As in GitLab. */
export function assertWellNamed(names: PackageFileName): void {
  for (const [field, parameter, pattern, allowed] of rules) {
    if (names[field].length > maxCharacters.name || !pattern.test(names[field])) {
      throw invalid(`${parameter} must have 1 to ${maxCharacters.name} characters: ${allowed}`)
    }
  }
}
