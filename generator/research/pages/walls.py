"""Pages that came with status 200 and are none: errors, walls before a page, empty shells.

By what such a page says of itself in its title, or, where it says little else, in its first lines.
"""

import re

SHORT = 1500  # characters: an article that is about such pages says more
LEAST = 200  # characters that make a page

_SAYS_SO = re.compile(
    r"\b(?:page|site|article|document|file)\b[^.\n]{0,40}"
    r"\b(?:not found|(?:can(?:no|')t|could not|couldn't) be found|(?:does not|doesn't|no longer)"
    r" exists?|(?:is )?no longer available|has been removed)"
    r"|\b(?:not found|(?:can(?:no|')t|couldn't|could not) find)\b[^.\n]{0,30}\bpage\b"
    r"|\b(?:error|status|http)\s*(?:code\s*)?[:-]?\s*(?:40[0-4]|410|429|451|50[0-4])\b"
    r"|\b(?:400 bad request|401 unauthori[sz]ed|40[34] (?:error|not found|forbidden)|410 gone"
    r"|429 too many|50\d (?:bad gateway|internal|service))"
    r"|\baccess (?:to this (?:page|site|resource) )?(?:has been |is |was )?(?:denied|blocked)"
    r"|\bpermission denied\b|\byou (?:have been|are) blocked\b"
    r"|\bjust a moment\b|\bone moment,? please\b|\bchecking (?:if the site|your browser)"
    r"|\b(?:verify|verifying|confirm|prove)\b[^.\n]{0,20}\b(?:you are|you're) (?:a |not a )?"
    r"(?:human|robot|bot)|\bare you (?:a )?(?:robot|human)|\bunusual (?:traffic|activity)"
    r"|\b(?:re)?captcha\b|\bsecurity check\b|\bddos protection\b"
    r"|\b(?:enable|turn on|activate|requires?)\b[^.\n]{0,20}\b(?:javascript|cookies)\b"
    r"|\bjavascript (?:is|must be|has to be) (?:disabled|enabled|required|turned)"
    r"|\b(?:log|sign) ?in to (?:continue|read|view|see)|\bsubscribe to (?:continue|read)"
    r"|\bbefore you continue to\b|\bseite (?:wurde )?(?:leider )?nicht gefunden"
    r"|\bzugriff (?:verweigert|gesperrt)|\bpage (?:introuvable|non trouvée)|\baccès refusé"
    r"|\bpágina no encontrada|\bpágina não encontrada|\bpagina non trovata|\bpagina niet gevonden"
    r"|страница не найдена|доступ (?:запрещ[её]н|ограничен)|الصفحة غير موجودة|पृष्ठ नहीं मिला"
    r"|(?:页面|頁面|网页|網頁)(?:不存在|未找到|找不到)|找不到(?:该|您访问的|此|這個)?(?:页面|頁面|网页|網頁)"
    r"|访问(?:被拒绝|受限)|ページが見つかりません|페이지를 찾을 수 없"
    r"|\bdiese seite (?:gibt es nicht|existiert nicht)|\bcette page n'existe|\bpagina (?:non esiste"
    r"|bestaat niet|nu a fost găsită)|\bpágina (?:[^.\n]{0,20} )?n[oã]o? existe|такой страницы нет"
    r"|страниц[аы] не существует|сторінку не знайдено|\bnie znaleziono strony|\bstrona nie"
    r" (?:istnieje|została znaleziona)|\bstránka (?:nenalezena|nebyla nalezena)|\bsayfa bulunamadı"
    r"|\bsidan (?:kunde inte hittas|hittades inte|finns inte)|\bsiden (?:blev? ikke fun[dn]et"
    r"|fin(?:d|n)es ikke)|\bsivua ei löyd|\baz oldal nem található|η σελίδα δεν βρέθηκε|הדף לא נמצא"
    r"|không tìm thấy trang|\bhalaman tidak ditemukan|ไม่พบหน้า|صفحه [^.\n]{0,20}(?:یافت|پیدا) نشد"
    r"|\bdomain (?:name )?is (?:for sale|parked)|\bbuy this domain|\b(?:under|some|scheduled)"
    r" maintenance|\bcontinuer sans accepter|\bpur[- ]abo|\bpartners?\b[^.\n]{0,40}\bcookies\b"
    r"[^.\n]{0,60}\b(?:data|daten|données|datos|dati|dados|gegevens)"
    r"|\bwe and our (?:\d+ )?partners\b|\breview the security of your connection"
    r"|\brequest(?:ed url)? (?:was |has been )?(?:rejected|blocked|unsuccessful)"
    r"|\bunavailable (?:due to|for) legal reasons|\baccount has been suspended"
    r"|\bdefault welcome page|\bnginx web server is successfully|\bestimated wait time is"
    r"|\berror establishing a database connection|\bfatal error\W{1,6}uncaught\b"
    r"|\bcontent (?:isn't|is not) available (?:right )?now|\byour browser is (?:not supported"
    r"|out of date|outdated)|\b(?:verify|confirm) your age\b"
    r"|\b(?:18|21) (?:years )?or older to enter",
    re.IGNORECASE,
)


# A whole title, or a part of one, by its words: also above all that a site offers instead.
_TITLE = re.compile(
    r"404|404 (?:error|not found)|(?:error|fehler|erreur|errore|erro|fout|fel|feil|fejl|virhe|błąd"
    r"|chyba|hata|ошибка|помилка) 404"
    r"|(?:(?:oops|sorry|uh oh) )?(?:error )?(?:404 )?(?:(?:(?:this |the |that )?page )?"
    r"(?:(?:was|is|could|can) ?not |can t |couldn t |not )(?:be )?found|just a moment"
    r"|access denied|attention required|before you continue|(?:sign|log) ?in|rate limit exceeded"
    r"|too many requests|database error|(?:die )?seite nicht gefunden|page introuvable"
    r"|página no encontrada|页面不存在|頁面不存在|ページが見つかりません)"
)


def problem_of_page(title: str, main: str, whole: str) -> str:
    """Return why a page is none that one can refer to, "" if it is one.

    `main` is its text without menus and the like, `whole` with them.
    """
    title, main = (" ".join(text[:9999].replace("’", "'").split()) for text in (title, main))
    parts = re.split(r" [-–—|·•:]+ ", title[:500])
    says_so = any(_TITLE.fullmatch(" ".join(re.findall(r"\w+", part.lower()))) for part in parts)
    says_so = says_so or bool(len(main) < SHORT and _SAYS_SO.search(f"{title} . {main[:900]}"))
    if says_so:
        return "it is an error page, or a wall before the page"
    is_shell = len(main) < LEAST and len(whole) < SHORT
    return "it has almost no text: a script may make it" if is_shell else ""


def problem_of_pdf(pages: list[str]) -> str:
    """Return why the text of a PDF cannot be used, "" if it can be."""
    text = "".join(pages)
    if len(text) < 50 * len(pages) and 10 * with_text(pages) < len(pages):
        return "it is a scan, without any text"
    if _readable(text) < 0.5:
        return "its fonts do not say which characters they show"
    return ""


def with_text(pages: list[str]) -> int:
    """Return how many pages of a PDF say something: the others may be scans."""
    return sum(len(page) >= 50 for page in pages)


def _readable(text: str) -> float:
    """Return the share of words that look like words: near 0 where a font is a riddle."""
    words = text.split()[:5000]
    riddle = re.compile(r"[\x00-\x01\x03-\x08\x0b\x0c\x0e-\x1f\ufffd\ue000-\uf8ff]")
    plain = re.compile(r"\W*[^\W\d_]+(?:[-'’./&\x02\ufffe][^\W\d_]*)*\W*|\W*[\d.,:/%+–-]+\W*")
    good = sum(
        not riddle.search(word) and bool(plain.fullmatch(word) or re.search(r"[^\W_]{2}", word))
        for word in words
        if len(word) < 200
    )
    return good / max(1, len(words))
