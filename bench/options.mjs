// The command line of the benchmark.
import { parseArgs } from 'node:util'

const DESCRIPTION = `npm run bench -- [options]
  --large              1,000,000 releases instead of 100,000
  --only Q1,Q2         only these queries
  --subjects a,b       only these subjects (the limit is always asked, to compare answers)
  --starts N           starts of each subject, as two of the same differ: all is measured after each (1)
  --rounds N           interleaved rounds per query and subject (3)
  --seconds N          length of a round (8)
  --warmup N           seconds before the first round of a query, for each process of a subject (5)
  --connections 32,1   numbers of connections
  --json FILE          write everything that was measured
  --check              compare the answers and time nothing`

const options = {
  large: { type: 'boolean', default: false },
  only: { type: 'string' },
  subjects: { type: 'string' },
  starts: { type: 'string', default: '1' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '8' },
  warmup: { type: 'string', default: '5' },
  connections: { type: 'string', default: '32,1' },
  json: { type: 'string' },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
}

function stop(message) {
  process.stderr.write(`${message}\n\n${DESCRIPTION}\n`)
  process.exit(2)
}

function positive(name, text) {
  const number = Number(text)
  return number > 0 ? number : stop(`--${name} must be a number above 0, but is ${text}`)
}

function chosen(name, text, known) {
  const names = text?.split(',') ?? known
  const wrong = names.filter((entry) => !known.includes(entry))
  return wrong.length === 0 ? names : stop(`--${name}: ${wrong.join(', ')} is none of ${known.join(', ')}`)
}

function parse() {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return stop(error.message)
  }
}

/** The options. Ends the process with the reason when they are wrong. */
export function readOptions({ queries, subjects }) {
  const values = parse()
  if (values.help) {
    process.stdout.write(`${DESCRIPTION}\n`)
    process.exit(0)
  }
  return {
    large: values.large,
    check: values.check,
    json: values.json,
    only: chosen('only', values.only, queries),
    subjects: chosen('subjects', values.subjects, subjects),
    starts: positive('starts', values.starts),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    warmup: positive('warmup', values.warmup),
    connections: values.connections.split(',').map((text) => positive('connections', text)),
  }
}
