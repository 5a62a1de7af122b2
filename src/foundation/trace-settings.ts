// The standard variables of OpenTelemetry that have a meaning here. Its libraries read them themselves; what they would only warn of is
// refused.
import { z } from 'zod'
import { variable, webUrl } from './variables.ts'

const SAMPLERS = [
  ...['always_on', 'always_off', 'traceidratio'],
  ...['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
] as const

const pairs = z.string().regex(/^[^=,\s]+=[^,]*(,[^=,\s]+=[^,]*)*$/, 'must look like name=value,name=value')
const ratio = 'must be a number from 0 to 1'

export const traceVariables = {
  disabled: variable(
    'OTEL_SDK_DISABLED',
    z.enum(['true', 'false'], { error: 'must be true or false' }).default('false'),
  ),
  endpoint: variable('OTEL_EXPORTER_OTLP_ENDPOINT', webUrl.optional()),
  tracesEndpoint: variable('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', webUrl.optional()),
  headers: variable('OTEL_EXPORTER_OTLP_HEADERS', pairs.optional()),
  serviceName: variable('OTEL_SERVICE_NAME', z.string().max(255).optional()),
  resource: variable('OTEL_RESOURCE_ATTRIBUTES', pairs.optional()),
  sampler: variable(
    'OTEL_TRACES_SAMPLER',
    z.enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` }).optional(),
  ),
  samplerArgument: variable(
    'OTEL_TRACES_SAMPLER_ARG',
    z.coerce.number({ error: ratio }).min(0, ratio).max(1, ratio).optional(),
  ),
}
