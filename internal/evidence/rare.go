package evidence

import (
	"sync"

	"github.com/readyline/readyline/internal/catalogue"
)

// usual is three bytes each that stand together in people's files, by how often:
// in seventeen languages and formats alike, letters without regard to case, and
// as foldBits makes them (an end of a line is *, a tab is ")").
const usual = "   *  iontioent,* ingate =  thser** aticonestthe {* redatres{* proameonsect costrhe )* ter);*sta)))fornamval  }agetypype" +
	" inorttritestoruseersporon verderendrea---rin  \"lic de;* menicectionter ess sttedcomed nte*))ode }*:* catpererverr  eand" +
	"\": ###ass pr vato ith se togetrt e: apptatturert: \"mpontisio  cng  =>cre;**ide}**impextretbleor intthi  sact}* ist\",*\"* " +
	"ata  a enicaablcheequ=> keylocvices rat ex aneat  tfilque fo  r  pnstitystoileptimodis   dwit  inotalltente hisoural alu" +
	"st setluecaldelormnt linrviorecesuesse desranndeoneetu',*  .tin nohas.co tensescrulttrureqonf  veletrain opengestele nd " +
	"ounasenerexpaildef is*imnce) {uree ttexcrialse =\",   brceer.titcol doerioca  'par= \"urnali pa usif ntssserepe*  wi asit " +
	"nfiimeredtimecojecainfro(* prelse mapliera -   -varsoure // unteveleturcete fimplescackinsereinerro},*e a a \")*romckepec" +
	" { ullrip orsonoutindockrorgespon)**ant===plaareorglat beden' =ce mestemiveififig cassiespipt_cocodnal: {stimaner_ trs a" +
	"  )priliswor*}*rsihanrecfunon_eade s_remetemaaddrn iti lo li apren> 'ild,*)coupos  lntaiteid ref_idheranged_et  ofrovena" +
	"secnewatumatompchavidancaccme patmaiuncspoireisstass taskani),*e, oryn tof ropenc neovivenclipace\":selgindocesohenart.ha" +
	"ruent_ord dahttnitfieacelielesth lason.om log ifnultch  fpplemeatten ttpost.ges =erne iaws cranss:  clulee(\" mo\");elsts " +
	"t tapiard naon:ies.toustovelid{*)on\"runienroutai it.setif facorclae ctanoluputeta  =olesubd: lec tytabtaraut su frpdasho" +
	"ramodupagxpeinfommngsenssco  {updsinume.pr #  acn: an  cht: >* ll rol  #nd*ork *  ta lest_ledgitbaseseearfic.st b.athlum" +
	" medisgratus bauteple arepoefi \"aemp \"$ nu dimincceid\"\":\"fal ert = wesesariacht*  ondinpen  mefavatsenbutargns ritd trra" +
	"e,*() keron(ot es.cass:*ge _na geat *# isias umnundedibe envevi alara },s* e \"finllentr, \"t o_see f \"thean* berechaulora" +
	".reribdeveneticlan: s.in  /()*uilspaastimabjeondblir tthoori  ncenrtichoignle_rree d \"st, buiuctesutalcurregpubce.ncturl" +
	" unme:jsositew  haic ragloafixd* te_ss atcssa\",\" pot itagschthagro sh .hstshoue pleaoadlendulsaggenchirnat cemo_inublett" +
	" )*: tunis ippenumasc ven aquit ape:ntyde lowown())ron sofauomeatohec lardegermitct(ctotreeckrve) =mapfrat snfo fu.ener(" +
	"uthn =tid();f ttivsulual://ut drectelabrtynneditinittere.objecigan //bagriv= n)*)izesedool.* avect ninkeniza: 'dirue d =" +
	"marleroptetint.bacferojerojinccanch ly d, etrer\"egi awivazat_paollade\"cohatry  whtegr =revmbete( imgres,  opary, s\" {ags"

// ranks are the places in usual of what stands there, by the key of a window.
var ranks = sync.OnceValue(func() map[uint32]int {
	out := make(map[uint32]int, len(usual)/3)
	for i := 0; i < len(usual); i += 3 {
		out[three(usual[i:])] = i / 3
	}
	return out
})

// three is the key of a window at which a text begins.
func three(text string) uint32 {
	return (uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) | foldBits&threeBytes
}

// frequency estimates how often three bytes stand in a text, in some unit. It
// falls with the rank as it does in people's files; of what is not among the
// usual, single letters tell.
func frequency(key uint32) int {
	if rank, ok := ranks()[key]; ok {
		return 1 << 20 / (200 + rank)
	}
	return 1<<20/(200+len(usual)/3)/2 - 4*catalogue.Rarity(byte(key>>8))
}

// rarest is where in a literal the first of so many windows begins, one place
// apart, that are seldom met together.
func rarest(text string, windows int) int {
	best, at, often := 0, -1, 0
	var last [maxAt + 8]int
	for i := range min(len(text)-2, maxAt+windows) {
		last[i] = frequency(three(text[i:]))
		often += last[i]
		first := i - windows + 1
		if first < 0 {
			continue
		}
		if at < 0 || often < best {
			best, at = often, first
		}
		often -= last[first]
	}
	return at
}
