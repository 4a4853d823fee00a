"""The words by which writers call a source, and those that only look like it, in many languages."""

# One source or several, in the text and above a list of them.
_BOTH = (
    r"sources?|references?|citations?|footnotes|quellen|referenzen|r[ée]f[ée]rences|referencias"
    r"|fuentes|riferimenti|fonti|refer[êe]ncias|fontes|bronnen|referenties|источники|ссылки"
    r"|来源|引用文献|出典|출처|المراجع|المصادر|संदर्भ"
)
# "Source 1", "ref. 2", "来源3": what stands before the number of a source.
SOURCE = (
    rf"(?:{_BOTH}|refs?|cite|cited|excerpts?|footnote|web|url|docs?|documents?|quelle|belege?|auszug"
    r"|referenz|r[ée]f|fuente|fonte|bron|kilder?|källor?|lähteet?|źród\w{1,3}|zdroj\w?|kaynak\w{0,4}"
    r"|forrás\w{0,2}|источник\w{0,2}|ссылк\w|джерел\w|來源|资料|資料|文献|引用|참고|المصدر|مصدر|مرجع|स्रोत)"
)
# The title of a list of them.
LIST = (
    r"(?:\d{1,3}[.)]?\s{0,3})?(?:list of )?(?:key |main |selected |cited |external |primary )?"
    rf"(?:{_BOTH}|bibliography|works cited|literature(?: cited)?|further reading|external links"
    r"|quellen(?:verzeichnis|angaben)|literatur(?:verzeichnis)?|einzelnachweise|bibliographie"
    r"|bibliograf[íi]a|литература|参考(?:文献|资料|来源)|참고\s?문헌)"
    r"(?:\s{1,3}(?:and|&)\s{1,3}(?:references?|sources?|notes|further reading|citations?))?"
)
# What has a number of its own, or stands before a year, and is no source.
NO_SOURCE = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july"
    r"|august|september|october|november|december|spring|summer|autumn|fall|winter|since|until|before"
    r"|after|from|in|by|circa|ca|about|around|as|during|early|late|mid|q|h|version|updated|data"
    r"|table|figure|fig|section|chapter|part|page|step|phase|day|week|year|item|option|level|type"
    r"|stage|tier|question|no|nr|vol|note|eq|equation|appendix|article|rule|line|row|column|theorem"
    r"|januar|februar|märz|mai|juni|juli|oktober|dezember|seit|tabelle|abbildung|abb|kapitel|seite"
    r"|schritt|teil|tabla|figura|tableau|paso|étape|图|表|第|章|步骤|図|рис|таблица|глава)"
)
