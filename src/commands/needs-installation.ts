// Takes the place of everything in operator/ in the command line that servers hand out, which has no database to work on.
import { UsageError } from './usage-error.ts'

throw new UsageError(
  "This works on the server's database itself, so it needs the installation of the server: run it there. This file only asks servers.",
)
