import fc from 'fast-check'

/** Texts that have broken servers before: they end a string, leave a folder, or are no number, no UTF-8 or no Unicode. */
const KNOWN = [
  ...[
    '',
    ' ',
    '\0',
    '%00',
    '%',
    '%2e%2e',
    '..',
    '../..',
    '/',
    '//',
    '.',
    '-',
    '--help',
    '*',
    '?',
    '#',
    '\\',
    '\n',
    '\r\n',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'true',
    'NaN',
    '-1',
    '0',
    '1e309',
    '1e9',
    '0x10',
    '2147483648',
  ],
  ...[
    '9223372036854775808',
    '99999999999999999999',
    '0000-00-00',
    '275761-01-01',
    '2026-02-30T25:61:61Z',
    "'",
    '"',
    '`',
    '$1',
    ';',
  ],
  ...[
    '\ud800',
    '\u202e',
    '\ufeff',
    '\u{1f4a9}',
    'ß'.repeat(300),
    'a'.repeat(5_000),
    '[',
    '{',
    '@{u}',
    'a..b',
    'a.lock',
    'refs/tags/x',
  ],
  ...['id', 'id/1', 'permalink/latest', 'downloads', 'v1.0.0', 'main', 'HEAD'],
]

export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...KNOWN), fc.constantFrom(...KNOWN)).map((texts) => texts.join('')),
  },
)

/** Any JSON with such texts in it. */
export const hostileJson = fc.oneof(
  { weight: 2, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, true, false, null) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.dictionary(hostileText, hostileText, { maxKeys: 4 }) },
)
