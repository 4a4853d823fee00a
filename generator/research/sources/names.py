"""The words by which writers call a source, and those that only look like it, in many languages."""

# One source or several, in the text and above a list of them.
_BOTH = (
    r"sources?|references?|citations?|footnotes|quellen|referenzen|r[ée]f[ée]rences|referencias"
    r"|fuentes|riferimenti|fonti|refer[êe]ncias|fontes|bronnen|referenties|источники|ссылки"
    r"|来源|引用文献|出典|출처|المراجع|المصادر|संदर्भ"
)
# "Source 1", "ref. 2", "来源3": what stands before the number of a source.
SOURCE = (
    rf"(?:{_BOTH}|refs?|cite|cited|excerpts?|footnote|fn|srcs?|search[ -]results?|web|url|docs?"
    r"|documents?|quelle|belege?|auszug"
    r"|referenz|r[ée]f|fuente|fonte|bron|kilder?|källor?|lähteet?|źród\w{1,3}|zdroj\w?|kaynak\w{0,4}"
    r"|forrás\w{0,2}|sumber|nguồn|izvor\w?|surs[aăe]|πηγ[ήέ]ς?|מקור(?:ות)?|منبع|منابع|แหล่งที่มา|อ้างอิง|সূত্র"
    r"|источник\w{0,2}|ссылк\w|джерел\w|來源|参考|參考|资料|資料|出处|出處|資料來源|资料来源|数据来源|文献|引用|참고|المصدر|مصدر|مرجع|स्रोत)"
)
# "see source 1", "data from [2]", "vgl. [3]": what leads to a reference in brackets.
AHEAD = (
    r"(?:(?:see(?: also)?|e\.\s?g\.?|i\.\s?e\.?|cf\.?|(?:as )?per|according to|via|by"
    r"|(?:(?:data|adapted|taken|quoted|cited) )?from|based on|siehe(?: auch)?|s\.|vgl\.?|nach|laut"
    r"|z\.\s?B\.|voir(?: aussi)?|selon|d['’]après|véase|ver|según|vedi|secondo|zie|volgens|zob\.?"
    r"|см\.?)[\s,:]{1,3}|[见見参參][见見照]?)"
)
# The title of a list of them.
LIST = (
    r"(?:(?:\d{1,3}|[IVX]{1,5})[.)]?\s{0,3})?(?:list of )?"
    r"(?:notes (?:and|&) )?(?:key |main |selected |cited |external |primary )?"
    rf"(?:{_BOTH}|bibliography|works cited|literature(?: cited)?|further reading|external links"
    r"|quellen(?:verzeichnis|angaben)|literatur(?:verzeichnis)?|einzelnachweise|bibliographie"
    r"|bibliograf[íi]ae?|литература|参考(?:文献|资料|資料|来源|リンク)|참고\s?(?:문헌|자료)|endnotes"
    r"|מקורות|(?:nguồn|tài liệu) tham khảo|daftar pustaka|referensi|źródła|literatura|zdroje"
    r"|kaynakça|kaynaklar|källor|källförteckning|kilder|litteratur|források|πηγές|βιβλιογραφία"
    r"|surse|lähteet|джерела)"
    r"(?:\s{1,3}(?:used|cited|consulted|\(selected\)))?"
    r"(?:\s{1,3}(?:and|&)\s{1,3}(?:references?|sources?|notes|further reading|citations?))?"
)
# What has a number of its own, or stands before a year, and is no source.
NO_SOURCE = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july"
    r"|august|september|october|november|december|spring|summer|autumn|fall|winter|since|until|before"
    r"|after|from|in|by|circa|ca|about|around|as|during|early|late|mid|q|h|version|updated|data"
    r"|table|figure|fig|section|chapter|part|page|step|phase|day|week|year|item|option|level|type"
    r"|stage|tier|question|no|nr|vol|note|eq|equation|appendix|article|rule|line|row|column|theorem"
    r"|season|episode|scene|verse|example|exercise|problem|definition|lemma|answer|task|slide|box"
    r"|chart|map|book|error|errno|code|exit|exon|residue|test|case|model|lesson|unit|group|team|class"
    r"|grade|beta|alpha|release|build|round|game|match|room|gate|flight|bus|page|sheet|panel|plate"
    r"|januar|februar|märz|mai|juni|juli|oktober|dezember|seit|tabelle|abbildung|abb|kapitel|seite"
    r"|schritt|teil|tabla|figura|tableau|paso|étape|图|表|第|章|节|節|条|式|公式|例|题|問|问|步骤|図|卷|巻|版|集|期|季|回|рис|таблица|глава)"
)
# Where things take place, and what does, which a year in brackets often dates: "(Paris, 2015)".
PLACE = (
    r"(?:Amsterdam|Athens|Atlanta|Bali|Bandung|Barcelona|Basel|Beijing|Berlin|Bern|Bonn|Boston|Brasília"
    r"|Bretton|Bruges|Brussels|Bucharest|Budapest|Buenos|Busan|Cairo|Calgary|Cancún|Cancun|Cartagena"
    r"|Chicago|Copenhagen|Dakar|Davos|Delhi|Doha|Dubai|Dublin|Durban|Edinburgh|Evian|Fukushima|Geneva"
    r"|Glasgow|Hague|Hamburg|Hanoi|Havana|Helsinki|Hiroshima|Istanbul|Jakarta|Johannesburg|Kampala"
    r"|Katowice|Kigali|Kunming|Kyiv|Kyoto|Lagos|Lausanne|Lima|Lisbon|London|Maastricht|Madrid|Manila"
    r"|Marrakesh|Melbourne|Milan|Minamata|Minsk|Monterrey|Montreal|Moscow|Mumbai|Munich|Nagoya|Nairobi"
    r"|Osaka|Oslo|Ottawa|Paris|Philadelphia|Pisa|Potsdam|Poznań|Prague|Pyeongchang|Ramsar|Rio|Rome"
    r"|Rotterdam|Salzburg|Seoul|Seville|Shanghai|Singapore|Sochi|Stockholm|Strasbourg|Sydney|Tallinn"
    r"|Tampere|Tashkent|Tehran|Tokyo|Toronto|Turin|Utrecht|Vancouver|Venice|Versailles|Vienna|Vilnius"
    r"|Warsaw|Washington|Wuhan|Yalta|Yaoundé|Zurich|Zürich|Wien|München|Köln|Genf|Genève|Roma"
    r"|Argentina|Australia|Austria|Bangladesh|Belgium|Brazil|Canada|Chernobyl|Chile|China|Colombia"
    r"|Denmark|Egypt|England|Ethiopia|Europe|Finland|France|Germany|Greece|India|Indonesia|Iran|Iraq"
    r"|Ireland|Israel|Italy|Japan|Kenya|Korea|Mexico|Nepal|Netherlands|Nigeria|Norway|Pakistan|Peru"
    r"|Poland|Portugal|Russia|Scotland|Spain|Sweden|Switzerland|Thailand|Turkey|Ukraine|Vietnam"
    r"|Africa|America|Asia|California|Texas|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
    r"|Easter|Christmas|Expo|Euro|Olympics|Oscars?|Grammys?|Brexit|Nobel|Windows)"
)
