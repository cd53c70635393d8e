type Names = readonly [string, ...string[]];

/** First names and family names that occur together. Family names are the same for women and men. */
export interface NameStock {
  readonly female: Names;
  readonly male: Names;
  readonly family: Names;
}

/** Names as people write them; the first stock is the most common one. */
export const NAME_STOCKS: readonly [NameStock, ...NameStock[]] = [
  {
    female: ['Amina', 'Esther', 'Grace', 'Joyce', 'Lucia', 'Mercy', 'Naomi', 'Ruth', 'Tendai', 'Wanjiru', 'Zuri'],
    male: ['Baraka', 'Daniel', 'Elias', 'Joseph', 'Kwame', 'Moses', 'Peter', 'Samuel', 'Tariro', 'Victor'],
    family: ['Achieng', 'Banda', 'Chanda', 'Kamau', 'Moyo', 'Mwangi', 'Okello', "N'Diaye", 'Phiri', 'Tembo', 'Zulu'],
  },
  {
    female: ['Ana María', 'Élodie', 'Inês', 'Lucía', 'Noëlle', 'Zoë'],
    male: ['André', 'Benoît', 'João', 'José', 'Óscar'],
    family: ['da Conceição', 'de la Cruz', 'Gonçalves', 'Lefèvre', 'Muñoz', 'Peña'],
  },
  {
    female: ['অঞ্জলি', 'ফাতেমা', 'নাসরিন', 'রোকেয়া', 'শিরিন'],
    male: ['আব্দুল', 'কামাল', 'রহিম', 'শফিক', 'তানভীর'],
    family: ['আহমেদ', 'ইসলাম', 'চৌধুরী', 'রহমান', 'হোসেন'],
  },
  {
    female: ['أمل', 'فاطمة', 'ليلى', 'مريم', 'نور'],
    male: ['أحمد', 'حسن', 'سمير', 'عمر', 'يوسف'],
    family: ['الحداد', 'الخطيب', 'السيد', 'المصري', 'النجار'],
  },
  {
    female: ['សុខា', 'ចន្ទី', 'បុប្ផា', 'រតនា', 'ស្រីមុំ'],
    male: ['វិបុល', 'សុភា', 'ដារ៉ា', 'រិទ្ធី', 'បូរ៉ា'],
    family: ['កែវ', 'ចាន់', 'ប៊ុន', 'លី', 'សុខ'],
  },
  {
    female: ['አበባ', 'ሰላም', 'ትዕግስት', 'ሙሉ', 'ሀና'],
    male: ['አበበ', 'ደረጀ', 'ተስፋዬ', 'ሰለሞን', 'ዮናስ'],
    family: ['ከበደ', 'ታደሰ', 'ገብረ', 'ኃይሉ', 'መንግስቱ'],
  },
  {
    female: ['Ганна', 'Леся', 'Надія', 'Оксана', 'Соломія'],
    male: ['Андрій', 'Богдан', 'Остап', 'Тарас', 'Юрій'],
    family: ['Бондаренко', 'Коваленко', 'Мельник', 'Ткачук', 'Шевчук'],
  },
  {
    female: ['நிலா', 'மீனா', 'கயல்', 'தமிழ்செல்வி', 'வள்ளி'],
    male: ['அருண்', 'கார்த்திக்', 'முருகன்', 'செல்வம்', 'வேலு'],
    family: ['கந்தசாமி', 'சுப்பிரமணியம்', 'ராஜன்', 'நடராஜன்', 'பாலன்'],
  },
];
