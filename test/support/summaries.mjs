// What the commands of `.ci/run` came to: a folder of summaries for each, written by summary-reporter.ts, and beside it a file
// COMMAND.status with the exit code of one that failed.
//   summaries.mjs print FOLDER           prints what failed and, as its last line, "N passed, N failed"
//   summaries.mjs to-run-again FOLDER/COMMAND   prints the test files whose hooks failed, a line each
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const [what, folder] = process.argv.slice(2)

const summariesIn = (directory) =>
  existsSync(directory)
    ? readdirSync(directory).map((file) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')))
    : []

/** A command that failed although no test of it did: at a check before the tests, say. */
function commandFailure(statusFile) {
  const command = path.parse(statusFile).name
  if (summariesIn(path.join(folder, command)).some(({ failed }) => failed.length > 0)) return []
  const code = readFileSync(path.join(folder, statusFile), 'utf8').trim()
  return [{ name: `npm run ${command}`, reason: `It ended with ${code}, and no test of it failed.` }]
}

function print() {
  const entries = readdirSync(folder)
  const summaries = entries
    .filter((entry) => !entry.endsWith('.status'))
    .flatMap((entry) => summariesIn(path.join(folder, entry)))
  const passed = summaries.reduce((sum, summary) => sum + summary.passed, 0)
  const statusFiles = entries.filter((entry) => entry.endsWith('.status'))
  const failed = [...summaries.flatMap((summary) => summary.failed), ...statusFiles.flatMap(commandFailure)]
  for (const { name, reason } of summaries.flatMap((summary) => summary.passedLater)) {
    console.log(`passed at a later try: ${name}\n${reason}`)
  }
  for (const { name, reason } of failed) console.log(`failed: ${name}\n${reason}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exitCode = passed > 0 && failed.length === 0 ? 0 : 1
}

if (what === 'print') print()
else for (const { file, mayRunAgain } of summariesIn(folder)) if (mayRunAgain) console.log(file)
