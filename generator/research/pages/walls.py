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
    r"(?:human|robot|bot|real person)|\bare you (?:a )?(?:robot|human)"
    r"|\bunusual (?:traffic|activity)"
    r"|\b(?:re)?captcha\b|\bsecurity check\b|\bddos protection\b"
    r"|\b(?:enable|turn on|activate|requires?)\b[^.\n]{0,20}\b(?:javascript|cookies)\b"
    r"|\bjavascript (?:is|must be|has to be) (?:disabled|enabled|required|turned)"
    r"|\b(?:log|sign) ?in to (?:continue|read|view|see)|\bsubscribe to (?:continue|read|unlock)"
    r"|\bto read (?:the|this) (?:full )?(?:article|story),? subscribe"
    r"|\balready (?:(?:a (?:member|subscriber)|on \w+|have an account)\?)|\bmembers only\b"
    r"|\bblocked by network security"
    r"|\ban error occurred in the application|\bproblem providing the content"
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
# Walls in other languages: before articles that are paid for, before consent, before a test.
_SAYS_SO_ELSEWHERE = re.compile(
    r"\b(?:nur|exklusiv) für (?:\w+ )?abonnent|\bweiterlesen mit\b|\bmit werbung (?:weiter)?lesen"
    r"|\bréservée? (?:à nos|aux) abonnés|\babonnez-vous pour (?:lire|continuer)"
    r"|\bpour (?:lire la suite|continuer)[^.\n]{0,30} abonnez-vous"
    r"|\b(?:exclusivo|sólo|solo) para (?:suscriptores|abonados|assinantes)"
    r"|\bpara (?:continuar|seguir leyendo), suscr[ií]b"
    r"|\bsuscr[ií]bete para (?:seguir|leer|continuar)"
    r"|\briservato agli abbonati|会員限定|有料記事|続きを(?:お読み|読むには)|회원 전용|유료 회원"
    r"|登录后[^。]{0,6}(?:查看|阅读|继续|享受)|(?:安全|人机)验证|环境(?:存在)?异常|请求存在异常"
    r"|完成[^。]{0,6}验证|(?:内容|文章|頁面|页面)已被?[^。]{0,6}删除"
    r"|\bwir und (?:unsere|bis zu) (?:\d+ )?partner|\bnous et nos (?:\d+ )?partenaires"
    r"|\bnosotros y nuestros (?:\d+ )?socios|\bnoi e i nostri (?:\d+ )?partner"
    r"|\bnós e (?:os )?nossos (?:\d+ )?parceiros|\bpartenaires utilis\w+ des cookies"
    r"|\ben acceptant les cookies|\baccepter et continuer|\baceptar y continuar"
    r"|\bakzeptieren und weiter|\bwird (?:gerade |zurzeit |derzeit )?gewartet"
    r"|\ben (?:maintenance|mantenimiento)\b|\bin manutenzione\b|\bem manutenção\b"
    r"|\bpágina [^.\n]{0,20} não foi encontrada|ページは見つかりません",
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
    if len(main) < SHORT:
        said = f"{title} . {main[:900]}"
        says_so = says_so or bool(_SAYS_SO.search(said) or _SAYS_SO_ELSEWHERE.search(said))
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
