import { type Dice, pick } from './dice.js';

/** A name as the register shows it: never a middle name, and the family name may be missing. */
export interface PersonName {
  readonly givenName: string;
  readonly familyName: string | null;
}

interface Script {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
}

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

const LATIN: Script = {
  female: words(
    'Anwela Besiku Corane Delima Esharé Fenolu Hadasi Ilomba Jusela Kirabe Lumeni Mareike Nsanga Odile Pelagia',
    'Quilla Rasheni Sitora Tamsyn Ulemu Vashti Wanike Yolisa Zinhara Abeke Brisela Chiluva Dorotea Emefa Florinda',
  ),
  male: words(
    'Arosto Bakuru Dumeke Eltano Farrowe Gideru Hasko Imbero Jotham Kwesile Lorank Matusa Nkosar Oduber Pascoal',
    'Quentor Rufaro Senzani Tobin Umaru Valdo Wekesan Yannis Zuberi Amadis Benat Ciaran Domingo Efraim Fabiso',
  ),
  family: words(
    "Abrenko Chimbeya DosVeras Ekwanu M'Bala Nhamuse Oyelami Peltoru Quaresme Sulumbe Tavares-Nko Undira Vesterlo",
    'Wamalu Yarrowe Zandamela Aldoré Brankovu Castelane Dlaminor Engström Ferhati Gbadel Hounsa',
  ),
};
const ARABIC: Script = {
  female: ['سميرة', 'هند', 'ليلى', 'نورة'],
  male: ['طارق', 'يونس', 'خالد', 'سليم'],
  family: ['التلاوي', 'بن سارم', 'الحنّاوي', 'عورة'],
};
const ETHIOPIC: Script = {
  female: ['ሰላም', 'ህይወት', 'ማርታ'],
  male: ['ዳዊት', 'ዮናስ', 'በቀለ'],
  family: ['ተስፋዬ', 'ወልደ', 'ከበደ'],
};
const BENGALI: Script = {
  female: ['অপর্ণা', 'মিতালী', 'শিউলি'],
  male: ['অরুণ', 'সুজন', 'কমল'],
  family: ['মণ্ডল', 'সরকার', 'বিশ্বাস'],
};
const CYRILLIC: Script = {
  female: ['Зоряна', 'Мілена', 'Дарина'],
  male: ['Остап', 'Назар', 'Лев'],
  family: ['Ярема', 'Коваль', 'Ґудзь'],
};
/** Several times the same script: that is how common it is. */
const SCRIPTS = [LATIN, LATIN, LATIN, LATIN, LATIN, LATIN, ARABIC, ETHIOPIC, BENGALI, CYRILLIC] as const;

/** Names that went wrong at some other reader: line ends, spaces, forms of Unicode, signs of markup, one part missing. */
export const AWKWARD_NAMES: readonly PersonName[] = [
  { givenName: 'Anwela\nKirabe', familyName: 'Oyelami' },
  { givenName: 'Esharé\u00a0Lumeni', familyName: 'Dos\u00a0Veras' },
  { givenName: 'Rene\u0301e Zoe\u0308', familyName: 'Nun\u0303ez' },
  { givenName: 'Star🌟', familyName: 'Ekwanu' },
  { givenName: 'مروان', familyName: 'التلاوي' },
  { givenName: 'Jotham', familyName: null },
  { givenName: '', familyName: 'Sulumbe' },
  { givenName: 'Hasko "Kid"', familyName: 'O’Tembe' },
  { givenName: 'Imbero\\n', familyName: 'Pel\\toru' },
  { givenName: '<b>Gideru</b> & Sons', familyName: 'Chimbeya' },
  { givenName: '  Delima ', familyName: ' Abrenko  ' },
  { givenName: 'Corane  Jusela', familyName: 'Quaresme' },
  { givenName: 'X', familyName: 'Y' },
  { givenName: 'Renée Zoë', familyName: 'Nuñez' },
  { givenName: '👩‍👧 Hadasi', familyName: 'Nhamuse' },
  { givenName: 'ዮናስ', familyName: 'ከበደ' },
  { givenName: 'কমল', familyName: 'সরকার' },
  { givenName: `Kwesile${' Kwesileandala'.repeat(9)}`, familyName: 'Abrenko-Chimbeya-Ekwanu-Sulumbe' },
  { givenName: 'Lumeni (هند)', familyName: 'M\u200fBala' },
  { givenName: 'LORANK', familyName: 'DOS VERAS' },
  { givenName: 'Bakuru 2', familyName: 'Peltoru III' },
  { givenName: 'null', familyName: 'undefined' },
  { givenName: "Ilomba'); --", familyName: "M'Bala" },
  { givenName: '雨桐', familyName: '欧阳' },
];

/** A plain name of a person in the script of the family; `surname` is the number of the family whose name is carried. */
export function plainName(dice: Dice, person: number, family: number, surname: number, female: boolean): PersonName {
  const script = pick(SCRIPTS, dice(family, 11));
  const given = female ? script.female : script.male;
  const first = pick(given, dice(person, 12));
  const second = pick(given, dice(person, 13));
  return {
    givenName: dice(person, 14) % 2 === 0 || first === second ? first : `${first} ${second}`,
    familyName: pick(script.family, dice(surname, 15)),
  };
}
