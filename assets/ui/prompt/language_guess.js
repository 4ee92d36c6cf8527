/** Guess whether a text is in another language than English: only what is plain counts, so that names do not. */

const TAGS = /<[^<>]*>/g; // of LoRAs
const LETTER = /\p{L}/gu;
const LATIN = /\p{Script=Latin}/gu;
/** Scripts in which one character says as much as several letters. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const DENSITY = 3; // letters of an alphabet for one of those
const FEWEST = 2; // letters: one alone is a sign, such as a Greek one
const SHARE = 0.4; // of all letters, from which a text is in that script: a name in it stays below

/** Most common words, by language; behind them those that stand in names and titles too. */
const WORDS = Object.entries({
  de: ["auf,aus,bei,dem,ein,eine,einem,einen,einer,eines,für,im,ist,mit,nicht,sehr,über,und,unter,zum,zur",
    "das,den,der"],
  es: ["bajo,con,en,entre,muy,para,por,que,sobre,un,una,y",
    "al,de,del,el,la,las,los,su"],
  fr: ["avec,dans,qui,sous,très,un,une",
    "au,aux,de,des,du,elle,en,est,et,la,le,les,sur"],
  it: ["con,gli,nei,nel,nella,sotto,sopra,sul,sulla,sulle,un,una,è",
    "al,alla,che,da,degli,dei,del,della,delle,di,il,la,le,lo"],
  pt: ["ao,com,em,entre,muito,não,numa,num,pela,pelo,que,sob,sobre,um,uma",
    "da,das,de,dos,e,na,o,os,à,é"],
}).map(([, lists]) => lists.map((list) => new Set(list.split(","))));
const ENGLISH = new Set("a,an,and,are,at,by,from,his,her,in,is,of,on,that,the,their,to,while,with".split(","));

/** @param {string} prompt @returns {boolean} */
export function isPlainlyForeign(prompt) {
  const text = prompt.replace(TAGS, " ").normalize("NFC").toLowerCase();
  return isInAnotherScript(text) || hasForeignWords(text);
}

const count = (text, pattern) => text.match(pattern)?.length ?? 0;

function isInAnotherScript(text) {
  const latin = count(text, LATIN);
  const dense = count(text, DENSE);
  const other = count(text, LETTER) - latin;
  const weight = other + (DENSITY - 1) * dense;
  return weight >= FEWEST && weight >= SHARE * (weight + latin);
}

function hasForeignWords(text) {
  const words = new Set(text.split(/[\s,;:!?()[\]{}"“”„«»'’|]+|\.(?=\s|$)/));
  const found = (some) => [...some].filter((word) => words.has(word)).length;
  const english = found(ENGLISH);
  return WORDS.some(([sure, likely]) => {
    const certain = found(sure);
    const all = certain + found(likely);
    return (certain >= 2 || (certain && all >= 3)) && all > english;
  });
}
