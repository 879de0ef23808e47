package wire

const bomUTF8 = "\xEF\xBB\xBF"
