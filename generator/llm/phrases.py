"""What is said about going on: by us, and by chat models in the languages that people ask in.

What models say is data, in patterns. A pattern begins at the start of a line, and goes on in the
indented lines below it. They are matched against one sentence in lower case, with straight
apostrophes and without the marks of Markdown around it; where a polite word
comes first, also without that.
"""

GO_ON = (
    "Your answer was interrupted. Go on exactly where it stops, in the middle of a sentence if need"
    " be. Do not repeat any of it, do not start again, and do not remark on the interruption."
)

# Polite words that say nothing: they go with the remark that follows them.
OPENERS = r"""
sure( thing)?|certainly|of course|absolutely|ok(ay)?|all ?right|understood|got it|right|yes|
    no problem
(my )?apologies|(i am |i'm |i'm very |i am very )?(so )?sorry( (about|for) (that|this))?|
    i apologi[sz]e|thank you( for letting me know)?|
    thanks|great|as requested|you('re| are) right|i understand|i see|no worries
natürlich|gerne?|klar|selbstverständlich|verstanden|in ordnung|entschuldigung|
    (es )?tut mir leid
bien sûr|d'accord|entendu|certainement|volontiers|compris|(je suis )?désolée?|pardon|
    très bien
claro( que sí)?|por supuesto|de acuerdo|entendido|desde luego|lo siento( mucho)?|perdón|
    disculpas?
com certeza|certo|claro|desculpe|certamente|ecco|scusa|mi dispiace|va bene
конечно|хорошо|извините|простите|понял|понятно
好的|好|当然(可以)?|没问题|明白了?|收到|(非常|很|十分)?抱歉|对不起|不好意思
はい|承知(いた)?しました|わかりました|了解(いた)?しました|かしこまりました|もちろん(です)?|
    (大変)?申し訳(ありません|ございません)|すみません
네|알겠습니다|물론(입니다|이죠)?|죄송합니다
بالتأكيد|حسن[اًا]+|بالطبع|نعم|عذر[اًا]+|أعتذر|آسف
แน่นอน(ครับ|ค่ะ)?|ได้(เลย)?(ครับ|ค่ะ)|รับทราบ(ครับ|ค่ะ)?|(ต้อง)?ขอ(อภัย|โทษ)(ครับ|ค่ะ)?
ज़रूर|जरूर|ठीक है|बिल्कुल|अवश्य|क्षमा करें|माफ़ कीजिए(गा)?|हाँ|हां
"""
# All of a line that says nothing but that it goes on.
LABELS = r"""
(the )?((report|answer|response) )?(continued|continuation|continuing|resuming|cont'd|
    cont)( (of|from) (the |my )?(report|answer|response|above|previous \w+))?
fortsetzung( des berichts| der antwort)?|weiter im text|suite( du rapport| de la réponse)?
continuación( del informe| de la respuesta)?|continuação( do relatório)?|continuazione
продолжение( отч[её]та| ответа)?|接上文|续上文|上接|续|继续|接续|续写|(レポートの|報告書の|
    前回の)?(続き|つづき)
계속|이어서|(تابع|تكملة|تتمة|متابعة|استكمال)( التقرير| الإجابة)?|(आगे )?जारी|शेष भाग|
    रिपोर्ट का शेष भाग
ต่อ|(รายงาน|เนื้อหา)ส่วนที่เหลือ|assistant|user
"""
# A sentence that announces the continuation, or excuses the interruption.
ANNOUNCEMENTS = r"""
^(now |so |and )?(i('ll| will| am|'m| shall)? |let me |let's |we('ll| will)? )?(now |just |
    simply )?(continu(e|ing)|resum(e|ing)|pick(ing)?( \w+)? up|proceed(ing)?|go(ing)? on|
    carry(ing)? on)\b.{0,60}\b(where|from)\b.{0,30}\b(i|we|it|you|my|the (report|answer|
    response|text|draft|previous \w+|last \w+|interruption|cut-?off))\b.{0,40}\b(left off|
    stopped|stops|cut off|interrupted|broke off|paused|ended|interruption)\b.{0,20}$
^(continuing|resuming|picking up|carrying on|going on)\b.{0,40}\b(left off|stopped|cut off|
    interrupted|interruption|broke off)[ )*_]*[:…]\W*$
^(here|below|this|what follows|the following)('s| is| are| comes)\b.{0,40}\b(continuation|
    continued|rest|remainder|remaining|next part)\b.{0,60}[:.…]\W*$
^(i see that |it (looks|seems) like )?(my|your) (previous|last|earlier) (response|answer|
    message|reply|
    output)\b.{0,60}\b(interrupted|cut|incomplete|truncated|stopped)\b
^(i'll|i will|i am|i'm|let me|i shall|allow me to|let's)\b.{0,30}\b(continu\w*|resum\w*|
    go on|pick up|carry on|finish|complete)\b.{0,80}\b(report|answer|response|where|exactly|
    text|draft|left|rest)\b
^((i'm |i am )?(very |so )?sorry|(my )?apologies|i apologi[sz]e)\b.{0,40}\b(interrupt\w*|
    confusion|inconvenience|cut(-?off)?|stopping|abrupt\w*|incomplete|delay|truncat\w*|oversight|
    repetition)\b
^(let me|let's|i'll|i will|i shall)( now)? (continue|go on|resume|carry on)\W*$
^the (report|answer|response|text) continues( here| below)?\W*$
^you (stopped|left off|were interrupted|broke off)\b.{0,20}\b(at|with|after|in)\b
^continuing (from|with) ".{0,80}$
^(now )?(continuing|resuming)( with)? (the|my|this|our) (report|answer|response|table|list|
    code|text|section|draft)\b.{0,40}[:…]\W*$
^(ich (setze|führe|fahre|mache|schreibe|werde)|hier setze ich)\b.{0,90}\b(fort|fortsetzen|
    fortfahren|weiter|weitermachen|weiterschreiben)\b.{0,60}$
^(hier|im folgenden|nachfolgend) (ist|folgt|kommt|geht|finden)\b.{0,40}\b(fortsetzung|rest|
    weiter)\b
^((ich )?(bitte um )?entschuldig\w*|verzeih\w*|(es )?tut mir leid)\b.{0,60}\b(unterbrech\w*|
    unterbrochen|abbruch|abgebrochen|verwirrung|unannehm\w*)\b
^(ich setze|ich fahre|fortsetzung|weiter)\b.{0,80}\b(abgebrochen|unterbroch\w*|aufgehört|
    stehen ?geblieben|stelle|bericht|antwort)\b
^je (continue|reprends|poursuis|vais (continuer|reprendre|poursuivre))\b.{0,80}\b(là où|
    rapport|réponse|arrêtée?|interrompue?|texte|rédaction)\b
^voici\b.{0,30}\b(suite|reste|fin)\b.{0,60}[:.…]\W*$
^((je suis )?(vraiment )?désolée?|pardon|(toutes )?mes excuses|je m'excuse|excusez-moi|
    veuillez (m'excuser|excuser))\b.{0,60}\b(interruption|interrompu|coupure|confusion)\b
^(reprise|suite|reprenons|continuons|poursuivons)\b.{0,60}\b(là où|arrêtée?|interrompue?|
    interruption)\b
^(continúo|continuaré|sigo|retomo|prosigo|continuando|continuamos|voy a continuar|
    procedo a)\b.{0,80}\b(donde|informe|respuesta|texto|interrump\w*)\b
^(aquí|a continuación)\b.{0,30}\b(continuación|resto)\b.{0,60}[:.…]\W*$
^(lo siento|disculp\w*|perdón|lamento|mis disculpas|pido disculpas)\b.{0,60}\b(interrupción|
    interrumpid\w*|confusión|corte|inconvenient\w*)\b
^(continuo|continuarei|continuando|retomo|vou continuar|dando continuidade)\b.{0,80}\b(onde|
    relatório|resposta|texto)\b
^(aqui está|segue|eis)\b.{0,30}\b(continuação|restante|resto)\b
^(desculp\w*|peço desculpas?|lamento)\b.{0,60}\b(interrupção|confusão)\b
^(continuo|riprendo|proseguo|continuando)\b.{0,80}\b(dove|rapporto|risposta|testo|
    relazione)\b
^ecco\b.{0,30}\b(seguito|continuazione|resto)\b.{0,60}[:.…]\W*$
^(scusa\w*|mi scuso|mi dispiace)\b.{0,60}\b(interruzione|confusione)\b
^(продолжаю|продолжу|продолжим|возобновляю)\b.{0,60}\b(мест[ао]|отч[её]т\w*|ответ\w*|
    текст\w*|остановил\w*)
^(вот|ниже|далее)\b.{0,40}\b(продолжение|остальн\w*)
^(извин\w*|прошу прощения|приношу( свои)? извинения)\b.{0,60}(прерыв|прерван|перерыв|
    путаниц|сбой)
^.{0,12}(继续|接着|接上|接续|续写|从).{0,16}(上文|上次|之前|前文|中断|刚才|回答|停止|停下|
    断开|报告).{0,16}[：:。…]\W*$
^(以下|下面|这)(是|为|将)?.{0,16}(续写|继续|剩余|后续|其余|接续).{0,16}[：:。…]\W*$
^(非常|很|十分)?(抱歉|对不起).{0,20}(中断|打断|截断|不便)
^(では|それでは|はい|承知しました|以下).{0,30}(続き|続け|再開|継続)
^(中断|途中|途切れ|先ほど).{0,30}(続き|続け|再開)
^(大変)?(申し訳|失礼|すみません).{0,30}(中断|途切れ|途中)
^(レポート|報告書|回答|前回)?の?続き(を|から|です|に).{0,30}\W$
^.{0,20}(이어서|계속(해서)?) ?.{0,20}(작성|말씀|쓰|진행|드리)
^죄송합니다.{0,30}(중단|끊)
^계속(해서)?\s?(하겠습니다|합니다|할게요)
जारी (रखता|रखती|रखते).{0,40}(जहाँ|जहां|वहीं)
^(रिपोर्ट|उत्तर) का शेष
^(سأ|س?أ|ن|س)?(واصل|كمل|تابع|ستكمل)\b.{0,80}(حيث|توقف|التقرير|الإجابة|النص)
^(متابعة|استكمال|تكملة|استكمالا)\b.{0,60}(حيث|توقف)
^(فيما يلي|إليك|إليكم|هذه|هنا)\b.{0,30}(تكملة|تتمة|بقية|استكمال|متابعة)
^(أعتذر|عذر[اًا]+|آسف|نعتذر).{0,60}(انقطاع|المقاطعة|التوقف|الارتباك)
(जहाँ|जहां|वहीं|वहाँ|वहां).{0,40}(रुक|छोड़|छूट|बंद).{0,60}(जारी|आगे|शुरू|बढ़)
^(यहाँ|यहां|नीचे|यह).{0,40}(शेष|जारी|बाकी).{0,40}\W$
^(क्षमा|माफ़|माफ|खेद|रुकावट|व्यवधान).{0,60}(रुकावट|व्यवधान|बाधा|असुविधा|क्षमा|माफ|खेद)
^.{0,40}(เขียนต่อ|ต่อจาก|ดำเนินการต่อ).{0,10}(เดิม|ค้าง|หยุด|จุด|ตรง|ข้อความ|รายงาน|เมื่อ).{0,40}$
^assistant$
^(continuing|resuming|picking up)\b.{0,20}\bmid-?(sentence|word|paragraph)\W*$
"""
# A sentence that declines, or asks what to do, or finds that all has been said.
REFUSALS = r"""
^there is nothing( more| else| left)? to (continue|add|resume)\b
^i('ve| have)( already)? (completed|finished)\b.{0,20}\b(report|answer|response|text)\b.{0,40}$
^(but |however,? |unfortunately,? |as an ai[^,]*,? )*(i|we)('m| am)? ?(sorry|
    afraid)?,? ?(but )?(that )?(i |we )?(really )?(can't|cannot|can not|won't|will not|
    'm unable|am unable|unable|'m not able|am not able|do not have|don't have|don't see|
    do not see|must decline|have to decline|have to stop|am not comfortable|
    'm not comfortable)\b.{0,80}\b(continu\w*|help|assist|comply|provide|complete|fulfil\w*|
    write|generate|discuss|do that|go on|access|interrupted|previous|context|proceed|answer|
    respond|create|engage|request)\b
^(it (looks|seems|appears)( like| as if| that)?) .{0,20}\b(your|my|the|our) (message|
    response|conversation|text|request|report)\b.{0,20}\b(was|got|is|has been|may have been|
    wasn't) (cut|interrupted|incomplete|truncated)
^(could|can|would) you (please )?(provide|share|paste|clarify|tell me|let me know|specify)\b
^(what would|would) you like me to\b.{0,20}\b(continue|resume|do|provide|start|go on)\b
^(it (seems|looks|appears)( like| that)?|unfortunately,?|i'm afraid)\b.{0,20}\bno
    \b.{0,20}\b(previous|prior|earlier|interrupted)\b.{0,20}\b(text|draft|report|answer|
    message|conversation|context|response)\b
^please\b.{0,20}\b(provide|share|paste|clarify|let me know)\b.{0,60}\b(text|report|draft|answer|
    previous|continue|like)\b
^(the|this|your|my) (report|answer|response)( above)? (is|was|has been|appears to be|
    seems to be)( already)? (complete|finished|completed)\b.{0,30}$
\b(ich\b.{0,20}\b(kann|darf|werde)|(kann|darf|werde) ich)\b.{0,60}\b(nicht|
    keine?n?)\b.{0,60}\b(fort\w*|weiter\w*|helfen|sehen|zugreifen|behilflich|unterstützen|beantworten|
    bereitstellen|nachkommen|schreiben|entsprechen)\b
\bje ne (peux|pourrai|suis) (pas|malheureusement pas)\b.{0,80}\b(continuer|poursuivre|aider|
    fournir|répondre|rédiger|accéder|traiter|satisfaire)\b
\bno (puedo|podré|me es posible|soy capaz de)\b.{0,60}\b(continuar|seguir|ayudar\w*|
    proporcionar\w*|responder|completar|escribir|cumplir|generar)\b
\bnão (posso|consigo|poderei)\b.{0,60}\b(continuar|ajud\w*|fornecer|responder|completar|
    escrever|prosseguir)\b
\bnon (posso|sono in grado di|riesco a)\b.{0,60}\b(continuare|aiut\w*|fornire|rispondere|
    proseguire|completare)\b
\b(я )?не (могу|смогу|в состоянии)\b.{0,60}(продолж|помочь|ответить|предоставить|выполнить|
    написать)
^((非常|很|十分)?抱歉|对不起|不好意思)[，,].{0,20}(无法|不能|没办法|不便).{0,20}(继续|提供|
    协助|帮助|帮|回答|完成|满足|生成|讨论)
^我(无法|不能|没有办法|没办法).{0,20}(继续|提供|协助|帮助|帮|回答|完成|满足|生成|讨论)
^((大変)?申し訳(ありません|ございません)|すみません|恐れ入ります|残念ながら)(が|、|
    。)?.{0,60}(できません|できかねます|いたしかねます|致しかねます|お答えできません)
^(죄송|미안|유감).{0,60}(수 없|어렵습니다)
^(عذر[اًا]+|أعتذر|(أنا )?آسف|للأسف)?[،, ]*(ولكن|لكن|لكنني|فأنا)? ?(لا (أستطيع|يمكنني|أقدر)|
    لن أتمكن|لست قادر|غير قادر).{0,60}
^(क्षमा|माफ़|माफ|मुझे खेद).{0,80}(नहीं|असमर्थ)
^((ต้อง)?ขอ(อภัย|โทษ)|เสียใจ).{0,60}ไม่สามารถ
"""
# A last paragraph that offers more, or hopes that this was of use.
OFFERS = r"""
(please )?(let me know|feel free to (ask|reach|let)|would you like( me)? to|do you want me|shall i|
    should i|want me to|is there anything|i('ve| have) (continued|completed) (the|your) report|
    i hope (this|that this|the)\b)
(i('m| am|'d be| would be)( also)? (happy|glad)|i (can|could)( also)? (expand|elaborate|help)|
    if you('d| would)?( like| want| need| have)\b.{0,150}\b(let me|i can|i could|i('ll|'d)|
    i will|(just|please) ask|ask me)\b)
lassen sie mich|lass(en sie)? (es )?mich wissen|(wenn|falls) (sie|du)\b.{0,150}\b(ich|mir|
    mich)\b|ich hoffe, (dies|das|der)|soll ich|möchte(n sie|st du), dass ich
n'hésite(z)? pas|j'espère que ce|(souhaitez|voulez)-vous que je|si vous\b.{0,150}\b(je|moi)\b|
    (faites|dites)-moi
espero que (est|te|le|la in)|(avísa|díga|di)me|ha(z|ga)me(lo)? saber|no dud(es|e) en|
    ¿(te gustaría|quiere?s?|desea?s?) que|si (deseas?|quieres?|necesitas?)\b.{0,150}\b(puedo|
    dime|avísame)\b
me avise|gostaria que eu|fammi sapere|spero che (quest|il)|vuoi che|non esitare
надеюсь, (это|этот|что эт)|дайте знать|хотите, чтобы я|если (вам|у вас|хотите|нужн).{0,150}(я |
    обращайтесь|сообщите)
希望(这|以上|本).{0,20}(帮助|有用)|如(果|需|有).{0,40}(告诉我|告知我|我可以|随时)|请(随时)?告诉我|
    (是否|要不要)?需要我
(ご(質問|不明|希望|要望)|何か).{0,40}(ください|お知らせ|お気軽)|お役に立て
.{0,20}도움이 되(셨|었|길)|.{0,10}(궁금한 점|필요하시면|원하시면).{0,40}(말씀|알려|주세요)
(آمل|أتمنى) أن (يكون هذا|تكون هذه)|هل (ترغب|تريد) (في )?أن|لا تتردد|أخبرني
आशा है.{0,40}(उपयोगी|मदद)|क्या आप चाह.{0,60}मैं|यदि आप.{0,80}(बताएं|बताएँ)|मुझे बताएं
"""
# In brackets after a heading.
CONTINUED = (
    r"cont(?:inued|inuation|['’]?d|\.)?|fortsetzung|suite|cont(?:inuación)?|continuação|segue"
    r"|continua|продолжение|续|續|続き|계속|تابع|تتمة|जारी"
)
