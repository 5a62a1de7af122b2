import { badRequest } from '../kit/rest-errors.ts'

/** Refuses a path that leads out of the repository, before git is asked. */
export function assertInside(name: string, path: string): void {
  if (path.split('/').includes('..')) throw badRequest(`${name} should be a valid file path`)
}
