// Prints what the commands of `.ci/run` came to. The folder that is named has a file COMMAND.json of each, written by
// summary-reporter.ts, and a file COMMAND.status with the exit code of one that failed. The last line says "N passed, N failed".
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const [folder] = process.argv.slice(2)
const files = readdirSync(folder)
const read = (file) => readFileSync(path.join(folder, file), 'utf8')

const summaries = files.filter((file) => file.endsWith('.json')).map((file) => JSON.parse(read(file)))
const passed = summaries.reduce((sum, summary) => sum + summary.passed, 0)
const failed = [...summaries.flatMap((summary) => summary.failed), ...commandsWithoutReason()]

/** Commands that failed although no test of theirs did: a check before the tests, say. */
function commandsWithoutReason() {
  return files
    .filter((file) => file.endsWith('.status'))
    .map((file) => ({ command: path.parse(file).name, code: read(file).trim() }))
    .filter(
      ({ command }) => !files.includes(`${command}.json`) || JSON.parse(read(`${command}.json`)).failed.length === 0,
    )
    .map(({ command, code }) => ({
      name: `npm run ${command}`,
      reason: `It ended with ${code}, and no test of it failed.`,
    }))
}

for (const { name, reason } of summaries.flatMap((summary) => summary.passedLater)) {
  console.log(`passed at a later try: ${name}\n${reason}`)
}
for (const { name, reason } of failed) console.log(`failed: ${name}\n${reason}`)
console.log(`${passed} passed, ${failed.length} failed`)
process.exitCode = passed > 0 && failed.length === 0 ? 0 : 1
