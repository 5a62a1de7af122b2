import { fitsIntoFiles, isValidRefName } from './ref-names.ts'

/** Whether `git branch` would accept the name for a new branch. */
export const isValidBranchName = (name: string): boolean =>
  name !== 'HEAD' && fitsIntoFiles(name) && !name.startsWith('-') && isValidRefName(`refs/heads/${name}`)
