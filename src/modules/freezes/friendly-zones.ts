/** Cities and islands after which their zone is named. */
const namesakes = {
  Africa: 'Cairo, Casablanca, Harare, Monrovia, Nairobi',
  America:
    'Asuncion, Bogota, Caracas, Chihuahua, La Paz, Lima, Mazatlan, Mexico City, Monterrey, Montevideo, Puerto ' +
    'Rico, Santiago, Tijuana',
  Asia:
    'Almaty, Baghdad, Baku, Bangkok, Dhaka, Hong Kong, Irkutsk, Jakarta, Jerusalem, Kabul, Kamchatka, Karachi, ' +
    'Kathmandu, Kolkata, Krasnoyarsk, Kuala Lumpur, Kuwait, Magadan, Muscat, Novosibirsk, Riyadh, Seoul, ' +
    'Singapore, Srednekolymsk, Taipei, Tashkent, Tbilisi, Tehran, Tokyo, Ulaanbaatar, Urumqi, Vladivostok, ' +
    'Yakutsk, Yerevan',
  Atlantic: 'Azores',
  Australia: 'Adelaide, Brisbane, Darwin, Hobart, Melbourne, Perth, Sydney',
  Europe:
    'Amsterdam, Athens, Belgrade, Berlin, Bratislava, Brussels, Bucharest, Budapest, Copenhagen, Dublin, ' +
    'Helsinki, Istanbul, Kaliningrad, Kyiv, Lisbon, Ljubljana, London, Madrid, Minsk, Moscow, Paris, Prague, ' +
    'Riga, Rome, Samara, Sarajevo, Skopje, Sofia, Stockholm, Tallinn, Vienna, Vilnius, Volgograd, Warsaw, Zagreb, ' +
    'Zurich',
  Pacific: 'Auckland, Fiji, Guam, Port Moresby',
}

const zonesOfNamesakes = Object.entries(namesakes).flatMap(([region, names]) =>
  names.split(', ').map((name) => [name, `${region}/${name.replaceAll(' ', '_')}`] as const),
)

/** Names that GitLab's forms offer beside those of the time zone database, and what they mean there. */
export const friendlyZones: Readonly<Record<string, string>> = {
  ...Object.fromEntries(zonesOfNamesakes),
  'West Central Africa': 'Africa/Algiers',
  Pretoria: 'Africa/Johannesburg',
  'Buenos Aires': 'America/Argentina/Buenos_Aires',
  'Central Time (US & Canada)': 'America/Chicago',
  'Mountain Time (US & Canada)': 'America/Denver',
  'Central America': 'America/Guatemala',
  Georgetown: 'America/Guyana',
  'Atlantic Time (Canada)': 'America/Halifax',
  'Indiana (East)': 'America/Indiana/Indianapolis',
  Alaska: 'America/Juneau',
  Quito: 'America/Lima',
  'Pacific Time (US & Canada)': 'America/Los_Angeles',
  Guadalajara: 'America/Mexico_City',
  'Eastern Time (US & Canada)': 'America/New_York',
  Greenland: 'America/Nuuk',
  Arizona: 'America/Phoenix',
  Saskatchewan: 'America/Regina',
  Brasilia: 'America/Sao_Paulo',
  Newfoundland: 'America/St_Johns',
  Astana: 'Asia/Almaty',
  Hanoi: 'Asia/Bangkok',
  'Sri Jayawardenepura': 'Asia/Colombo',
  Islamabad: 'Asia/Karachi',
  Chennai: 'Asia/Kolkata',
  Mumbai: 'Asia/Kolkata',
  'New Delhi': 'Asia/Kolkata',
  'Abu Dhabi': 'Asia/Muscat',
  Beijing: 'Asia/Shanghai',
  Chongqing: 'Asia/Shanghai',
  Osaka: 'Asia/Tokyo',
  Sapporo: 'Asia/Tokyo',
  Rangoon: 'Asia/Yangon',
  Ekaterinburg: 'Asia/Yekaterinburg',
  'Cape Verde Is.': 'Atlantic/Cape_Verde',
  'Mid-Atlantic': 'Atlantic/South_Georgia',
  Canberra: 'Australia/Sydney',
  'International Date Line West': 'Etc/GMT+12',
  Edinburgh: 'Europe/London',
  'St. Petersburg': 'Europe/Moscow',
  Bern: 'Europe/Zurich',
  Samoa: 'Pacific/Apia',
  Wellington: 'Pacific/Auckland',
  'Chatham Is.': 'Pacific/Chatham',
  'Tokelau Is.': 'Pacific/Fakaofo',
  'Solomon Is.': 'Pacific/Guadalcanal',
  Hawaii: 'Pacific/Honolulu',
  'Marshall Is.': 'Pacific/Majuro',
  'Midway Island': 'Pacific/Midway',
  'New Caledonia': 'Pacific/Noumea',
  'American Samoa': 'Pacific/Pago_Pago',
  "Nuku'alofa": 'Pacific/Tongatapu',
}
