"""Is a heading, or a line, the title of a list of references?"""

import re

from markdown_it.token import Token

from generator.pdf.late import late

_WORDS = (
    "references?|reference list|works (?:cited|consulted)|bibliography|sources?|citations?"
    "|endnotes|literature|further reading|links"
    "|quellen|quellenverzeichnis|quellenangaben|literatur|literaturangaben|einzelnachweise"
    "|literaturverzeichnis|referenzen|belege|weblinks"
    "|références|références bibliographiques|bibliographie|webographie|sitographie"
    "|referencias|referencias bibliográficas|fuentes|fuentes consultadas|bibliografía"
    "|riferimenti|riferimenti bibliografici|fonti|bibliografia|sitografia"
    "|referências|referências bibliográficas|fontes|referenties|bronnen|bronvermelding|bronnenlijst"
    "|литература|источники|список литературы|список источников|ссылки|использованные источники"
    "|список использованных источников|библиография|примечания"
    "|джерела|список джерел|список літератури|література|посилання|використані джерела"
    "|źródła|bibliografia|literatura|přípisy|zdroje|použité zdroje|kaynaklar|kaynakça"
    "|referenser|källor|källförteckning|referanser|kilder|referencer|kildeliste|lähteet|viitteet"
    "|surse|referințe|bibliografie|források|hivatkozások|πηγές|αναφορές|παραπομπές|βιβλιογραφία"
    "|tài liệu tham khảo|nguồn|nguồn tham khảo|nguồn trích dẫn|daftar pustaka|referensi|sumber"
    "|rujukan|참고문헌|참고 문헌|참고 자료|참고자료|출처|인용 출처|각주"
    "|المراجع|المصادر|قائمة المراجع|قائمة المصادر|منابع|مراجع|فهرست منابع|מקורות|ביבליוגרפיה"
    "|रेफरेंस|संदर्भ|संदर्भ सूची|स्रोत|सन्दर्भ|সূত্র|তথ্যসূত্র|উৎস|ஆதாரங்கள்|மேற்கோள்கள்"
    "|เอกสารอ้างอิง|แหล่งอ้างอิง|แหล่งที่มา|อ้างอิง|حوالہ جات|ماخذ"
)
_KINDS = "key|main|selected|primary|cited|full|complete|all|numbered|online|web|external|data"
_KINDS += "|information|source|reference|core|major|important|relevant|academic|research|list of"
_JOINED = r"(?:\s+(?:and|und|et|y|e|en|i|и|і|та|و)\s+|\s*[&/+,]\s*)\S.{0,40}"
_CHINESE = (
    "(?:主要|核心|重要|相关|相關|部分|全部|数据|數據|资料|資料|信息|資訊|新闻|引用|引文|参考|參考|文献|文獻|网络|外部|官方|引証|主な){0,4}"
    "(?:参考|參考|文献|文獻|资料|資料|来源|來源|出处|出處|引用|引文|书目|書目|链接|連結|出典|参照|参照元|引用元|情報源|リンク|ソース|脚注|尾注|注释|註釋|引注)"
    "(?:列表|清单|清單|一览|一覧|目录|目錄|链接|索引|リスト|说明|汇总|部分){0,2}"
    "(?:\\s*(?:与|和|及|及び|と|、|・|/)\\s*\\S{1,12})?"
)
# "7. ", "VII. ", "六、", "第六章 ", "Appendix A: ", a sign
_NUMBERING = (
    r"[\W\d_]{0,12}(?:第?[一二三四五六七八九十百零〇\d]{1,4}(?:[章节節部]\s?|部分|[、.．:：)）]|\s)\s?\W{0,3}"
    r"|(?:appendix|annex|chapter|section|part|anhang|kapitel|annexe|anexo|附录|附錄|付録)\s?\w{0,3}\W{1,3}"
    r"|(?:[ivxlc]{1,6}|[a-z])[.)]\s+)?"
)
_TITLE = late(
    rf"{_NUMBERING}(?:(?:(?:{_KINDS})\s+){{0,3}}(?:{_WORDS})(?:\s(?:used|cited|consulted|list|links))?"
    rf"(?:{_JOINED})?|{_CHINESE})\s*(?:[(（].{{0,40}}[)）])?\s*[:：]?\s*"
)


def is_title(text: str) -> bool:
    """`text` is Markdown, with or without marks around it."""
    text = text.strip(" *_#").lower()
    return len(text) <= 90 and _TITLE.fullmatch(text) is not None


def split_title(token: Token) -> bool:
    """Does a paragraph begin with such a title? What follows it becomes a line of its own."""
    children = token.children or []
    line = token.content.split("\n", 1)[0]
    if line != token.content and is_title(line):
        end = next((at for at, part in enumerate(children) if part.type == "softbreak"), None)
        if end is not None:
            children[end].type = "hardbreak"
        return True
    # "References: [1] ..."
    head = re.match(r"[*_]{0,3}([^\[\n:：]{2,60}[:：])[*_]{0,3}\s*(?=\[1\]|【1】|1\.\s)", line)
    if head is None or not is_title(head[1]):
        return False
    for at, part in enumerate(children[:4]):
        found = re.search(r"(?:\[1\]|【1】|(?<!\S)1\.\s)", part.content)
        if part.type == "text" and found:
            rest = Token("text", "", 0, content=part.content[found.start() :])
            part.content = part.content[: found.start()].rstrip()
            children[at + 1 : at + 1] = [Token("hardbreak", "br", 0), rest]
            return True
    return False
