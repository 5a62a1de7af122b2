// Writes docs/operate/metrics.md from the built code.
import { writeFileSync } from 'node:fs'
import { createMetrics } from '../dist/http/metrics.js'
import { metricsPage } from './metrics-page.mjs'

writeFileSync(new URL('../docs/operate/metrics.md', import.meta.url), metricsPage(createMetrics().described()))
// The observers of Node's own metrics would keep this process alive.
process.exit()
