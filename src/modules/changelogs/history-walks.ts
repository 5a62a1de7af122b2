import { type Context, perRequest } from '../../context/context.ts'
import { invalid } from '../../foundation/errors.ts'

/** For each of them git walks through a history, which may take seconds. */
const MAX_WALKS = 10

const walks = perRequest(() => ({ begun: 0 }))

/** Throws when the request asks for more changelogs and comparisons than one request may. */
export function beginWalk(context: Context): void {
  const counter = walks(context)
  counter.begun += 1
  if (counter.begun > MAX_WALKS)
    throw invalid(`One request may ask for at most ${MAX_WALKS} changelogs and comparisons`)
}
