"""The words of a notice on paper, Chinese and English."""

WORDS: dict[str, tuple[str, str]] = {
    "title_assignment": ("应收账款债权转让通知书", "Notice of assignment of receivables"),
    "title_pledge": ("应收账款质押通知书", "Notice of pledge of receivables"),
    "number": ("编号", "Number"),
    "to": ("致：{debtor}", "To: {debtor}"),
    "text_assignment": (
        "根据《中华人民共和国民法典》第五百四十六条，我方（{creditor}）现通知贵方：我方已将下列 {count} 笔对贵方享有的应收账款债权转让给{holder}。"
        "自本通知到达之日起，请贵方将下列款项按到期日付至{holder}；在其书面另行通知之前，向我方付款不消灭该债务。",
        "Under article 546 of the Civil Code of the People's Republic of China, we, {creditor}, give you notice that we have "
        "assigned the {count} receivables listed below, which you owe us, to {holder}. From the day on which this notice "
        "reaches you, please pay them to {holder} as they fall due; paying us does not discharge them unless it tells you otherwise in writing.",
    ),
    "text_pledge": (
        "根据《中华人民共和国民法典》第四百四十五条、第七百六十八条等规定，我方（{creditor}）现通知贵方：我方已将下列 {count} 笔对贵方享有的应收账款质押给{holder}，并已在平台登记。"
        "质押解除之前，请贵方按到期日付款至质权人{holder}认可的账户，不与我方以其他方式抵销或免除。",
        "Under articles 445 and 768 of the Civil Code of the People's Republic of China, we, {creditor}, give you notice that we "
        "have pledged the {count} receivables listed below, which you owe us, to {holder}, and that this is registered on the platform. "
        "Until the pledge is lifted, please pay them as they fall due to the account that {holder} agrees to, and set off or waive nothing with us.",
    ),
    "total": ("合计金额", "Total"),
    "order": ("订单号", "Order"),
    "due": ("到期日", "Due"),
    "amount": ("金额", "Amount"),
    "no_date": ("未定", "not fixed"),
    "signed": (
        "{creditor} 由 {person} 于北京时间 {time} 签署（SM2，{key}）。",
        "Signed for {creditor} by {person} on {time}, Beijing time (SM2, {key}).",
    ),
    "custodial": ("平台托管密钥", "with the key that the platform holds for it"),
    "own": ("企业自持密钥", "with its own key"),
    "acknowledged": (
        "回执：{debtor} 由 {person} 于北京时间 {time} 签收本通知。",
        "Receipt: acknowledged for {debtor} by {person} on {time}, Beijing time.",
    ),
    "open": ("回执：{debtor} 尚未签收。", "Receipt: {debtor} has not acknowledged it yet."),
    "not_sent": (
        "本通知尚未送达：全部权利登记完成后即送达。",
        "This notice is not sent yet: it is once all the rights are registered.",
    ),
    "lifted": (
        "本通知所述的转让或质押已于北京时间 {time} 解除。",
        "What this notice tells of was lifted on {time}, Beijing time.",
    ),
    "digest": ("签署内容的 SM3", "SM3 of what was signed"),
    "record": ("账本记录", "Ledger record"),
    "basis": (
        "本通知记录了转让或质押及其到达的事实；谁先受清偿由登记先后决定（民法典第七百六十八条）。",
        "This notice records an assignment or pledge and that it arrived; who is paid first follows the order of registration (Civil Code, article 768).",
    ),
    "qr": ("扫码查看本通知", "Opens this notice"),
    "footer": (
        "签署内容、签名与公钥见附件 {attachment}，任何人可自行验证。",
        "What was signed, its signature and key are attached as {attachment}; anybody can check them.",
    ),
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
}
